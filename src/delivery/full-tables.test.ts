import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/database.ts";
import {
  buildDeliveryHouse,
  type DeliverySandbox,
  orderPost,
  startDeliverySandbox,
  textVariant,
} from "../../test/delivery.ts";
import { copyDelivery, rowsRead } from "../../test/full-tables.ts";
import { claimDue } from "./claim.ts";
import { dueConnectors } from "./claim-quota.ts";

let server: TestDatabase;
let platform: DeliverySandbox;

beforeAll(async () => {
  server = await testDatabase();
  platform = await startDeliverySandbox();
  const house = await buildDeliveryHouse(server.database, platform.connector);
  const deliveries = platform.deliveries(server.database);
  const { deliveryId } = await orderPost(house, deliveries, textVariant("One of many"));
  const tomorrow = new Date(Date.now() + 86_400_000);
  await copyDelivery(server.database.system, deliveryId, { count: 4_000, dueAt: tomorrow });
  await copyDelivery(server.database.system, deliveryId, { count: 5, dueAt: new Date() });
});
afterAll(async () => {
  await platform.close();
  await server.close();
});

// Whether or not PostgreSQL has looked at the tables since they were filled: its plans differ.
describe.each(["filled a moment ago", "looked at since"])("among many deliveries, %s", (when) => {
  beforeAll(async () => {
    if (when === "looked at since") await sql`analyze`.execute(server.database.system);
  });

  test("a claim reads what is due", async () => {
    const read = await rowsRead(server.database.system, "deliveries", async (transaction) => {
      const claimed = await claimDue(transaction, { limit: 20, leaseMs: 60_000, busyChannels: [] });
      expect(claimed).toHaveLength(6);
    });
    expect(read).toBeLessThan(100);
  });

  test("whether other connectors have something due takes no look at all of them", async () => {
    const read = await rowsRead(server.database.system, "deliveries", async (transaction) => {
      expect(await dueConnectors(transaction, ["x", "instagram", "linkedin"])).toEqual([]);
    });
    expect(read).toBeLessThan(50);
  });
});

test("that holds where much is due on one platform, too", async () => {
  const { id } = await server.database.system.selectFrom("deliveries").select("id").executeTakeFirstOrThrow();
  await copyDelivery(server.database.system, id, { count: 4_000, dueAt: new Date() });
  await sql`analyze`.execute(server.database.system);
  const read = await rowsRead(server.database.system, "deliveries", async (transaction) => {
    expect(await dueConnectors(transaction, ["x", "instagram", "linkedin"])).toEqual([]);
  });
  expect(read).toBeLessThan(50);
});
