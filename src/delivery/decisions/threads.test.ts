import { sql } from "kysely";
import { expect } from "vitest";
import type { Connector } from "#connectors";
import { asOwner } from "../../../test/support/database.ts";
import { following, orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";

// A platform that nobody can read back, and one lost answer: the case that only a person can end.

const test = base
  .extend("deliveries", ({ server, platform }) =>
    platform.deliveries(server.database, { speaking: { ...platform.connector, locate: "unsupported" } }),
  )
  .extend(
    "mayBeLive",
    ({ fixture, deliveries }) =>
      async (postId: string): Promise<boolean | undefined> =>
        (await deliveries.forPost(fixture.workspaceId, postId))[0]?.mayBeLive,
  );

test("a part of a thread that a person confirms by its address is the parent of the next one", async ({
  server,
  platform,
  fixture,
  actor,
}) => {
  const speaking = {
    ...platform.connector,
    locate: "unsupported" as const,
    externalIdOf: (url: string) => /\/posts\/([^/?#]+)$/.exec(url)?.[1] ?? null,
  };
  const deliveries = platform.deliveries(server.database, { speaking });
  const { untilState } = following(fixture, deliveries);
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("one", "two"));
  await untilState(postId, "needs_human");
  await platform.setFaults([]);
  await expect(deliveries.resolve(actor, deliveryId, { outcome: "live", url: null })).rejects.toMatchObject({
    code: "delivery.needs_address",
  });
  const first = (await platform.journal()).find(({ text }) => text === "one");
  await deliveries.resolve(actor, deliveryId, {
    outcome: "live",
    url: `https://example.com/posts/${first?.id}`,
  });
  await untilState(postId, "confirmed");
  expect((await platform.journal()).map(({ text, inReplyTo }) => [text, inReplyTo]).slice(-2)).toEqual([
    ["one", null],
    ["two", first?.id],
  ]);
});

test("a part that a person says is live while Galley still looks holds the rest where it is late by then", async ({
  server,
  platform,
  fixture,
  actor,
}) => {
  const speaking = {
    ...platform.connector,
    externalIdOf: (url: string) => /\/posts\/([^/?#]+)$/.exec(url)?.[1] ?? null,
  };
  const deliveries = platform.deliveries(server.database, { speaking });
  const { untilState } = following(fixture, deliveries);
  await platform.setFaults([{ kind: "late_commit", delayMs: 1_000 }]);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("one", "two"));
  await untilState(postId, "ambiguous");
  await sql`update deliveries set late_after = now() where id = ${deliveryId}`.execute(
    server.database.system,
  );
  const first = (await platform.journal()).find(({ text }) => text === "one");
  const url = `https://example.com/posts/${first?.id}`;
  expect(await deliveries.resolve(actor, deliveryId, { outcome: "live", url })).toMatchObject({
    state: "missed",
    error: { code: "delivery.late" },
  });
});

test("an address that Galley has read itself names the post that it read, wherever addresses hold no id", async ({
  server,
  platform,
  fixture,
  actor,
}) => {
  const { locate } = platform.connector;
  if (locate === "unsupported") throw new TypeError("the sandbox is read back");
  const endless: Connector = {
    ...platform.connector,
    locate: async (...asked) => {
      const located = await locate(...asked);
      return located === "unsupported" || located.by === "key" ? located : { ...located, coversFrom: null };
    },
  };
  const deliveries = platform.deliveries(server.database, { speaking: endless });
  const { untilState } = following(fixture, deliveries);
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("one", "two"));
  await untilState(postId, "ambiguous");
  await platform.setFaults([]);
  const anHourAgo = `update delivery_attempts set intent_at = intent_at - interval '1 hour' where delivery_id = $1`;
  await asOwner(server.url, anHourAgo, [deliveryId]);
  const asked = await untilState(postId, "needs_human");
  const [seen] = asked?.attempts[0]?.doubt?.seen ?? [];
  expect(seen).toMatchObject({ likeness: "same", url: expect.stringContaining("/posts/") as string });
  // The button "This is it".
  await deliveries.resolve(actor, deliveryId, { outcome: "live", url: seen?.url ?? null });
  await sweepUntil(deliveries, async () =>
    ["confirmed", "rejected"].includes(
      (await deliveries.forPost(fixture.workspaceId, postId))[0]?.state ?? "",
    ),
  );
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["one", "two"]);
});

test("without an address that a platform understands, the next part is held instead of losing its parent", async ({
  platform,
  deliveries,
  actor,
  order,
  untilState,
  visible,
}) => {
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await order(["one", "two"]);
  await untilState(postId, "needs_human");
  await platform.setFaults([]);
  await deliveries.resolve(actor, deliveryId, { outcome: "live", url: null });
  const view = await untilState(postId, "rejected");
  expect(view?.error?.code).toBe("delivery.parent_unknown");
  expect(await visible()).toEqual(["one"]);
});

test("a part whose address holds no id is live, and a person may leave the rest", async ({
  server,
  platform,
  fixture,
  actor,
  visible,
}) => {
  const speaking = { ...platform.connector, locate: "unsupported" as const, externalIdOf: () => null };
  const deliveries = platform.deliveries(server.database, { speaking });
  const { untilState } = following(fixture, deliveries);
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("one", "two"));
  await untilState(postId, "needs_human");
  const live = { outcome: "live" as const, url: "https://example.com/pfbid02abc" };
  const refused = deliveries.resolve(actor, deliveryId, { ...live, rest: "send" });
  await expect(refused).rejects.toMatchObject({ code: "delivery.needs_address" });
  const left = await deliveries.resolve(actor, deliveryId, { ...live, rest: "leave" });
  const error = { code: "delivery.rest_left" };
  expect(left).toMatchObject({ state: "partly", externalUrl: live.url, error, mayBeLive: false });
  for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
  expect(await visible()).toEqual(["one"]);
});
