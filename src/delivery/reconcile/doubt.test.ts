import { expect } from "vitest";
import { buildMember } from "../../../test/support/builders.ts";
import {
  buildDeliveryFixture,
  orderPost,
  sweepUntil,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test } from "../../../test/support/fixtures/delivery.ts";
import { idSeenAt, type SeenPost, seenPosts } from "../model/doubt.ts";

test("the likeliest comes first, and only an address for a browser is one", () => {
  const sentAt = new Date("2026-03-01T12:00:00Z");
  const post = (url: string | null, afterMs: number, likeness: "same" | "similar") => ({
    externalId: url ?? "",
    url,
    data: {},
    createdAt: new Date(sentAt.getTime() + afterMs),
    likeness,
  });
  const seen = seenPosts(
    [
      post("https://example.org/similar", 1_000, "similar"),
      post("http://example.org/far", -90_000, "same"),
      post("javascript:alert(1)", 2_000, "same"),
      post("not an address", 3_000, "same"),
      post(null, 4_000, "same"),
      post("https://example.org/sixth", 80_000, "similar"),
    ],
    sentAt,
  );
  expect(seen.map(({ url }) => url)).toEqual([
    null,
    null,
    null,
    "http://example.org/far",
    "https://example.org/similar",
  ]);
  const createdAt = "2026-03-01T12:00:02.000Z";
  expect(seen[0]).toEqual({ url: null, externalId: "javascript:alert(1)", createdAt, likeness: "same" });
});

function readAt(url: string, externalId?: string): SeenPost {
  return { url, createdAt: null, likeness: "same", ...(externalId === undefined ? {} : { externalId }) };
}

test("an address names the one post that was read at it", () => {
  const one = "https://example.org/one";
  const shared = "https://example.org/shared";
  const seen = [
    readAt(one, "1"),
    readAt(shared, "2"),
    readAt(shared, "3"),
    readAt("https://example.org/unnamed"),
  ];
  const doubt = { reason: "reach" as const, message: "", coversFrom: null, seen };
  expect(idSeenAt(doubt, "HTTPS://example.org/one ")).toBe("1");
  expect(idSeenAt(doubt, "https://example.org/other")).toBeNull();
  // Comments have the address of their post.
  expect(idSeenAt(doubt, shared)).toBeNull();
  expect(idSeenAt(doubt, "https://example.org/unnamed")).toBeNull();
  expect(idSeenAt(null, one)).toBeNull();
});

test("what a look has shown that proves nothing is kept with the attempt and told, until it is settled", async ({
  server,
  platform,
}) => {
  const fixture = await buildDeliveryFixture(server.database, platform.connector);
  const deliveries = platform.deliveries(server.database);
  const viewOf = async (postId: string) => (await deliveries.forPost(fixture.workspaceId, postId))[0];
  const text = "The winter catalogue is printed: forty-eight pages, two colours, bound by hand";
  // The platform shows it twice, and nobody owns the second.
  await platform.setFaults([{ kind: "ghost_duplicate" }]);
  const first = await orderPost(fixture, deliveries, textVariant(text));
  await sweepUntil(deliveries, async () => (await viewOf(first.postId))?.state === "confirmed");
  await platform.setFaults([{ kind: "reset_before_commit" }]);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant(`${text}!`));
  await sweepUntil(deliveries, async () => ((await viewOf(postId))?.attempts[0]?.doubt ?? null) !== null);
  const asked = await viewOf(postId);
  const own = (await viewOf(first.postId))?.externalUrl ?? "";
  const ghost = (await platform.journal()).find(({ id }) => !own.endsWith(id));
  expect(asked?.attempts[0]).toMatchObject({
    state: "ambiguous",
    lookedAt: expect.any(String),
    doubt: {
      reason: "resembles",
      message: "The platform shows what may be this post, or one that somebody else wrote.",
      // The sandbox's list was read to its end.
      coversFrom: new Date(0).toISOString(),
      seen: [{ url: expect.stringMatching(new RegExp(`/${ghost?.id}$`, "u")), likeness: "similar" }],
    },
  });
  expect(asked?.attempts[0]?.looks).toBeGreaterThan(1);
  const actor = await buildMember(server.database, fixture.workspaceId);
  const url = asked?.attempts[0]?.doubt?.seen[0]?.url ?? null;
  const settled = await deliveries.resolve(actor, deliveryId, { outcome: "live", url });
  expect(settled).toMatchObject({ state: "confirmed", externalUrl: url });
  expect(settled.attempts[0]?.doubt).toBeNull();
});
