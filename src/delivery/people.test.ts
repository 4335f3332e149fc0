import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Actor, newId } from "#kit";
import { buildMember } from "../../test/builders.ts";
import { testDatabase, type TestDatabase } from "../../test/database.ts";
import {
  buildDeliveryHouse,
  type DeliveryHouse,
  type DeliverySandbox,
  noFiles,
  orderPost,
  startDeliverySandbox,
  sweepUntil,
  textVariant,
} from "../../test/delivery.ts";
import type { Deliveries } from "./deliveries.ts";
import type { DeliveryState } from "./state.ts";

// A platform that nobody can read back, and one lost answer: the case that only a person can end.

let server: TestDatabase;
let platform: DeliverySandbox;
let house: DeliveryHouse;
let deliveries: Deliveries;
let actor: Actor;

beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.close());
beforeEach(async () => {
  platform = await startDeliverySandbox();
  house = await buildDeliveryHouse(server.database, platform.connector);
  deliveries = platform.deliveries(server.database, {}, { ...platform.connector, locate: "unsupported" });
  actor = await buildMember(server.database, house.workspaceId);
});
afterEach(() => platform.close());

async function untilState(postId: string, state: DeliveryState) {
  const read = async () => (await deliveries.forPost(house.workspaceId, postId))[0];
  await sweepUntil(deliveries, async () => (await read())?.state === state);
  return read();
}

async function visible(): Promise<string[]> {
  return (await platform.journal()).map(({ text }) => text);
}

test("Galley asks after the window, and never sends again by itself", async () => {
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await orderPost(house, deliveries, textVariant("Did it arrive?"));
  await untilState(postId, "ambiguous");
  await expect(deliveries.resolve(actor, deliveryId, { outcome: "absent" })).rejects.toMatchObject({
    code: "delivery.wrong_state",
  });
  const view = await untilState(postId, "needs_human");
  expect(view?.error?.message).toMatch(/read back/);
  for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
  expect(await visible()).toEqual(["Did it arrive?"]);
});

test.each([null, "https://example.com/posts/1"])("'it is live' is final, at %s", async (url) => {
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await orderPost(house, deliveries, textVariant("It arrived"));
  await untilState(postId, "needs_human");
  await deliveries.resolve(actor, deliveryId, { outcome: "live", url });
  const view = await untilState(postId, "confirmed");
  expect(view?.externalUrl).toBe(url);
  expect(view?.attempts).toMatchObject([{ state: "confirmed", settledBy: "person", externalUrl: url }]);
  await expect(deliveries.resolve(actor, deliveryId, { outcome: "live", url })).rejects.toMatchObject({
    code: "delivery.wrong_state",
  });
  expect(await visible()).toEqual(["It arrived"]);
});

test("'it is not' sends it again, as a second attempt", async () => {
  await platform.setFaults([{ kind: "reset_before_commit" }]);
  const { postId, deliveryId } = await orderPost(house, deliveries, textVariant("Once more"));
  await untilState(postId, "needs_human");
  expect(await visible()).toEqual([]);
  await deliveries.resolve(actor, deliveryId, { outcome: "absent" });
  const view = await untilState(postId, "confirmed");
  expect(view?.attempts).toMatchObject([
    { number: 1, state: "absent_proven", settledBy: "person" },
    { number: 2, state: "confirmed", settledBy: "answer" },
  ]);
  expect(await visible()).toEqual(["Once more"]);
});

test("another workspace's delivery answers as one that does not exist", async () => {
  const { deliveryId, postId } = await orderPost(house, deliveries, textVariant("Theirs"));
  const elsewhere = await buildDeliveryHouse(server.database, platform.connector);
  const stranger = await buildMember(server.database, elsewhere.workspaceId);
  for (const attempt of [
    deliveries.resolve(stranger, deliveryId, { outcome: "live", url: null }),
    deliveries.retry(stranger, deliveryId),
  ]) {
    await expect(attempt).rejects.toMatchObject({ code: "delivery.not_found", kind: "not_found" });
  }
  const { workspaceId } = house;
  await server.database.inWorkspace(workspaceId, (tx) => deliveries.cancel(tx, workspaceId, postId));
});

test("a part of a thread that a person confirms by its address is the parent of the next one", async () => {
  const speaking = {
    ...platform.connector,
    locate: "unsupported" as const,
    externalIdOf: (url: string) => /\/posts\/([^/?#]+)$/.exec(url)?.[1] ?? null,
  };
  deliveries = platform.deliveries(server.database, {}, speaking);
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await orderPost(house, deliveries, textVariant("one", "two"));
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

test("without an address that a platform understands, the next part is held instead of losing its parent", async () => {
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await orderPost(house, deliveries, textVariant("one", "two"));
  await untilState(postId, "needs_human");
  await platform.setFaults([]);
  await deliveries.resolve(actor, deliveryId, { outcome: "live", url: null });
  const view = await untilState(postId, "rejected");
  expect(view?.error?.code).toBe("delivery.parent_unknown");
  expect(await visible()).toEqual(["one"]);
});

test("a post that was called off while a worker holds it is not sent", async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const slow = platform.deliveries(
    server.database,
    {},
    {
      ...platform.connector,
      prepare: async (...given) => {
        reached.resolve();
        await gate.promise;
        return platform.connector.prepare(...given);
      },
    },
  );
  const { postId } = await orderPost(house, slow, textVariant("never mind"));
  const sweeping = slow.sweeps[0]?.run(new AbortController().signal);
  await reached.promise;
  const change = await server.database.inWorkspace(house.workspaceId, (tx) =>
    slow.cancel(tx, house.workspaceId, postId),
  );
  expect(change.cancelled).toHaveLength(1);
  gate.resolve();
  await sweeping;
  expect(await visible()).toEqual([]);
  expect((await deliveries.forPost(house.workspaceId, postId))[0]?.state).toBe("cancelled");
});

test("a file that changed on the disk is refused, and not tried again", async () => {
  const bytes = new TextEncoder().encode("another picture");
  const reading = platform.deliveries(
    server.database,
    {},
    {
      ...platform.connector,
      prepare: async (context, input) => {
        await input.media[0]?.read();
        return platform.connector.prepare(context, { ...input, media: [] });
      },
    },
    undefined,
    { ...noFiles, read: async () => bytes },
  );
  const media = [
    {
      mediaId: newId(),
      sha256: "0".repeat(64),
      mimeType: "image/png",
      bytes: 15,
      width: 1,
      height: 1,
      durationMs: null,
      pages: null,
    },
  ];
  const content = {
    ...textVariant("with a picture"),
    media: [{ mediaId: media[0]?.mediaId ?? "", altText: "" }],
  };
  const { postId } = await orderPost(house, reading, content, { media });
  deliveries = reading;
  const view = await untilState(postId, "rejected");
  expect(view?.error?.code).toBe("delivery.media_changed");
  expect(await visible()).toEqual([]);
});
