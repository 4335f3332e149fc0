import type { Quota } from "#connectors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import {
  buildDeliveryFixture,
  type DeliverySandbox,
  orderPost,
  startDeliverySandbox,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { addAttempts, asOwner, copyDelivery, rowsRead } from "../../../test/support/features/full-tables.ts";
import { claimDue } from "./claim.store.ts";
import { claimInTurn } from "./claim-quota.ts";
import { dueConnectors } from "./claim-quota.store.ts";

let server: TestDatabase;
let platform: DeliverySandbox;

beforeAll(async () => {
  server = await testDatabase();
  platform = await startDeliverySandbox();
  const fixture = await buildDeliveryFixture(server.database, platform.connector);
  const deliveries = platform.deliveries(server.database);
  const { deliveryId } = await orderPost(fixture, deliveries, textVariant("One of many"));
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
    if (when === "looked at since") await asOwner(server.url, ["analyze"]);
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
  await asOwner(server.url, ["analyze"]);
  const read = await rowsRead(server.database.system, "deliveries", async (transaction) => {
    expect(await dueConnectors(transaction, ["x", "instagram", "linkedin"])).toEqual([]);
  });
  expect(read).toBeLessThan(50);
});

/** Ages of attempts, one every 20 seconds. */
const often = (count: number) => Array.from({ length: count }, (_one, index) => 100_000 + index * 20_000);

describe.each(["filled a moment ago", "looked at since"])("where a platform counts posts, %s", (when) => {
  const perAccount: Quota = { per: "account", limit: 20, windowMs: 86_400_000, spreadMs: 0 };
  let counted: TestDatabase;

  beforeAll(async () => {
    counted = await testDatabase();
    const fixture = await buildDeliveryFixture(counted.database, platform.connector);
    const order = () => orderPost(fixture, platform.deliveries(counted.database), textVariant("One more"));
    const { deliveryId } = await order();
    const { system } = counted.database;
    await copyDelivery(system, deliveryId, { count: 4_000, dueAt: new Date() });
    const asPublished = "update deliveries set state = 'confirmed', wake_at = now() - interval '1 day'";
    await asOwner(counted.url, ["set session_replication_role = replica"], [asPublished]);
    for (let due = 0; due < 3; due += 1) await order();
    // The limit was higher when these were published.
    await addAttempts(counted.url, fixture.channelId, often(2_000));
    for (let others = 0; others < 10; others += 1) {
      const { id } = await buildChannel(counted.database, fixture.workspaceId, platform.connector.id);
      await addAttempts(counted.url, id, often(200));
    }
    if (when === "looked at since") await asOwner(counted.url, ["vacuum analyze"]);
  });
  afterAll(() => counted.close());

  async function claimReads(table: "deliveries" | "delivery_attempts", quotas: Quota[]): Promise<number> {
    const counting = { connector: platform.connector, settings: {}, quotas: () => quotas };
    return rowsRead(counted.database.system, table, async (transaction) => {
      await claimInTurn(transaction, counting, { limit: 20, leaseMs: 60_000, busyChannels: [] });
    });
  }

  test("a claim finds what it moves or takes without a look at what was published", async () => {
    expect(await claimReads("deliveries", [perAccount])).toBeLessThan(50);
    expect(await claimReads("deliveries", [{ ...perAccount, limit: 5_000 }])).toBeLessThan(50);
  });

  test("an account's window is read no further than its limit", async () => {
    expect(await claimReads("delivery_attempts", [perAccount])).toBeLessThan(100);
  });

  test("an app's window is counted in the index, once however many are due", async () => {
    const most = when === "looked at since" ? 50 : 4_500;
    expect(await claimReads("delivery_attempts", [{ ...perAccount, per: "app", limit: 5_000 }])).toBeLessThan(
      most,
    );
  });
});
