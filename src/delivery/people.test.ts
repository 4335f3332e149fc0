import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Actor } from "#kit";
import { buildMember } from "../../test/builders.ts";
import { testDatabase, type TestDatabase } from "../../test/database.ts";
import {
  buildDeliveryHouse,
  type DeliveryHouse,
  type DeliverySandbox,
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
  const { deliveryId } = await orderPost(house, deliveries, textVariant("Theirs"));
  const elsewhere = await buildDeliveryHouse(server.database, platform.connector);
  const stranger = await buildMember(server.database, elsewhere.workspaceId);
  for (const attempt of [
    deliveries.resolve(stranger, deliveryId, { outcome: "live", url: null }),
    deliveries.retry(stranger, deliveryId),
  ]) {
    await expect(attempt).rejects.toMatchObject({ code: "delivery.not_found", kind: "not_found" });
  }
});
