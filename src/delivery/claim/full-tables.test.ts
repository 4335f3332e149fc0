import { describe, expect } from "vitest";
import type { Quota } from "#connectors";
import { buildChannel } from "../../../test/support/builders.ts";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import {
  buildDeliveryFixture,
  type DeliverySandbox,
  orderPost,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { addAttempts, asOwner, copyDelivery, rowsRead } from "../../../test/support/features/full-tables.ts";
import { testOnSharedSandbox as base } from "../../../test/support/fixtures/delivery.ts";
import { dueConnectors } from "./claim-quota.store.ts";
import { claimInTurn } from "./claim-quota.ts";
import { claimDue } from "./claim.store.ts";

/** Ages of attempts, one every 20 seconds. */
const often = (count: number) => Array.from({ length: count }, (_one, index) => 100_000 + index * 20_000);

/** Fills a database with thousands of deliveries, of which six are due. */
async function fill({ database }: TestDatabase, platform: DeliverySandbox): Promise<void> {
  const fixture = await buildDeliveryFixture(database, platform.connector);
  const { deliveryId } = await orderPost(fixture, platform.deliveries(database), textVariant("One of many"));
  const tomorrow = new Date(Date.now() + 86_400_000);
  await copyDelivery(database.system, deliveryId, { count: 4_000, dueAt: tomorrow });
  await copyDelivery(database.system, deliveryId, { count: 5, dueAt: new Date() });
}

/** Fills it with thousands of published posts, of which the last days count; three are due. */
async function fillPublished({ database, url }: TestDatabase, platform: DeliverySandbox): Promise<void> {
  const fixture = await buildDeliveryFixture(database, platform.connector);
  const order = () => orderPost(fixture, platform.deliveries(database), textVariant("One more"));
  const { deliveryId } = await order();
  await copyDelivery(database.system, deliveryId, { count: 4_000, dueAt: new Date() });
  const asPublished = "update deliveries set state = 'confirmed', wake_at = now() - interval '1 day'";
  await asOwner(url, ["set session_replication_role = replica"], [asPublished]);
  for (let due = 0; due < 3; due += 1) await order();
  // The limit was higher when these were published.
  await addAttempts(url, fixture.channelId, { agesMs: often(2_000) });
  for (let others = 0; others < 10; others += 1) {
    const { id } = await buildChannel(database, fixture.workspaceId, platform.connector.id);
    await addAttempts(url, id, { agesMs: often(200) });
  }
}

const test = base
  .extend("filled", { scope: "file" }, async ({ server, platform }) => {
    await fill(server, platform);
    return server;
  })
  .extend("published", { scope: "file" }, async ({ platform }, { onCleanup }) => {
    const published = await testDatabase();
    onCleanup(published.close);
    await fillPublished(published, platform);
    return published;
  })
  .extend(
    "claimReads",
    ({ platform, published }) =>
      async (table: "deliveries" | "delivery_attempts", quotas: Quota[]): Promise<number> => {
        const counting = { connector: platform.connector, settings: {}, quotas: () => quotas };
        return rowsRead(published.database.system, table, async (transaction) => {
          await claimInTurn(transaction, counting, { limit: 20, leaseMs: 60_000, busyChannels: [] });
        });
      },
  );

// Whether or not PostgreSQL has looked at the tables since they were filled: its plans differ.
describe.each(["filled a moment ago", "looked at since"])("among many deliveries, %s", (when) => {
  test.beforeAll(async ({ filled }) => {
    if (when === "looked at since") await asOwner(filled.url, ["analyze"]);
  });

  test("a claim reads what is due", async ({ filled }) => {
    const read = await rowsRead(filled.database.system, "deliveries", async (transaction) => {
      const claimed = await claimDue(transaction, { limit: 20, leaseMs: 60_000, busyChannels: [] });
      expect(claimed).toHaveLength(6);
    });
    expect(read).toBeLessThan(100);
  });

  test("whether other connectors have something due takes no look at all of them", async ({ filled }) => {
    const read = await rowsRead(filled.database.system, "deliveries", async (transaction) => {
      expect(await dueConnectors(transaction, ["x", "instagram", "linkedin"])).toEqual([]);
    });
    expect(read).toBeLessThan(50);
  });
});

test("that holds where much is due on one platform, too", async ({ filled }) => {
  const { id } = await filled.database.system.selectFrom("deliveries").select("id").executeTakeFirstOrThrow();
  await copyDelivery(filled.database.system, id, { count: 4_000, dueAt: new Date() });
  await asOwner(filled.url, ["analyze"]);
  const read = await rowsRead(filled.database.system, "deliveries", async (transaction) => {
    expect(await dueConnectors(transaction, ["x", "instagram", "linkedin"])).toEqual([]);
  });
  expect(read).toBeLessThan(50);
});

describe.each(["filled a moment ago", "looked at since"])("where a platform counts posts, %s", (when) => {
  const perAccount: Quota = { per: "account", limit: 20, windowMs: 86_400_000, spreadMs: 0 };

  test.beforeAll(async ({ published }) => {
    if (when === "looked at since") await asOwner(published.url, ["vacuum analyze"]);
  });

  test("a claim finds what it moves or takes without a look at what was published", async ({
    claimReads,
  }) => {
    expect(await claimReads("deliveries", [perAccount])).toBeLessThan(50);
    expect(await claimReads("deliveries", [{ ...perAccount, limit: 5_000 }])).toBeLessThan(50);
  });

  test("an account's window is read no further than its limit", async ({ claimReads }) => {
    expect(await claimReads("delivery_attempts", [perAccount])).toBeLessThan(100);
  });

  test("an app's window is counted in the index, once however many are due", async ({ claimReads }) => {
    const most = when === "looked at since" ? 50 : 4_500;
    expect(await claimReads("delivery_attempts", [{ ...perAccount, per: "app", limit: 5_000 }])).toBeLessThan(
      most,
    );
  });
});
