import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import {
  buildDeliveryHouse,
  type DeliverySandbox,
  orderPost,
  startDeliverySandbox,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { copyDelivery, rowsRead } from "../../../test/support/full-tables.ts";
import { settleStatus } from "./settle.ts";

let server: TestDatabase;
let platform: DeliverySandbox;

beforeAll(async () => {
  server = await testDatabase();
  platform = await startDeliverySandbox();
});
afterAll(async () => {
  await platform.close();
  await server.close();
});

test("what became of one post is found without reading every approval of the workspace", async () => {
  const house = await buildDeliveryHouse(server.database, platform.connector);
  const deliveries = platform.deliveries(server.database);
  const { postId, deliveryId } = await orderPost(house, deliveries, textVariant("One of many"));
  const { system } = server.database;
  await copyDelivery(system, deliveryId, { count: 1_000, dueAt: new Date(Date.now() + 86_400_000) });
  const read = await rowsRead(system, "approvals", (transaction) =>
    settleStatus(transaction, house.workspaceId, postId, new Date()),
  );
  expect(read).toBeLessThan(10);
});
