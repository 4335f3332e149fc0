import type { Connector } from "#connectors";
import { isDatabaseUnavailable } from "#platform/db";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
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

let server: TestDatabase;
let platform: DeliverySandbox;
let house: DeliveryHouse;

beforeAll(async () => {
  server = await testDatabase();
  platform = await startDeliverySandbox();
  house = await buildDeliveryHouse(server.database, platform.connector);
});
afterAll(async () => {
  await platform.close();
  await server.close();
});

/** As after a failover: all connections end, and new ones may only read, or write again. */
async function failOver(to: "on" | "off"): Promise<void> {
  const name = new URL(server.url).pathname.slice(1);
  const client = new Client({
    connectionString: server.url,
    options: "-c default_transaction_read_only=off",
  });
  await client.connect();
  try {
    await client.query(`alter database ${name} set default_transaction_read_only = ${to}`);
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
      [name],
    );
  } finally {
    await client.end();
  }
}

test("an answer outlives a database that only reads for a moment", async () => {
  let commits = 0;
  const { connector } = platform;
  const failing: Connector = {
    ...connector,
    commit: async (context, plan, item) => {
      const published = await connector.commit(context, plan, item);
      commits += 1;
      await failOver("on");
      setTimeout(() => void failOver("off"), 500);
      return published;
    },
  };
  const deliveries = platform.deliveries(server.database, { leaseMs: 12_000, marginMs: 4_000 }, failing);
  const { postId } = await orderPost(house, deliveries, textVariant("Said once"));
  const viewOf = async () => (await deliveries.forPost(house.workspaceId, postId))[0];
  await sweepUntil(deliveries, async () => {
    const view = await viewOf().catch((error: unknown) => {
      if (isDatabaseUnavailable(error)) return null;
      throw error;
    });
    return view?.state === "confirmed";
  });
  expect((await viewOf())?.attempts).toMatchObject([{ state: "confirmed", settledBy: "answer" }]);
  expect(commits).toBe(1);
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["Said once"]);
});

test("a transaction that the server ended because it stood still says nothing of what it would have written", async () => {
  const client = new Client({ connectionString: server.url });
  const ended = Promise.withResolvers<unknown>();
  client.on("error", ended.resolve);
  await client.connect();
  await client.query("set idle_in_transaction_session_timeout = 50");
  await client.query("begin");
  const error = await ended.promise;
  expect(error).toMatchObject({ code: "25P03" });
  expect(isDatabaseUnavailable(error)).toBe(true);
});
