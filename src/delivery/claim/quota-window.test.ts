import * as fc from "fast-check";
import { sql } from "kysely";
import { expect } from "vitest";
import { appOfChannel } from "#channels";
import type { Quota } from "#connectors";
import { buildChannel } from "../../../test/support/builders.ts";
import { buildDeliveryFixture, orderPost, textVariant } from "../../../test/support/features/delivery.ts";
import { addAttempts, asOwner } from "../../../test/support/features/full-tables.ts";
import { testOnSharedSandbox as base } from "../../../test/support/fixtures/delivery.ts";
import { readFacts } from "./quota.store.ts";
import { type Due, ownerOf, allocate, type Allocated, type Use, windowKey } from "./quota.ts";

const test = base
  /** Three accounts, of which two share an app and one is connected in two workspaces; all with a past and a future. */
  .extend("buildPast", ({ server, platform }) => async (): Promise<void> => {
    const { database, url } = server;
    const channels: { id: string; account: string; app: string }[] = [];
    const fixtures = await Promise.all([1, 2].map(() => buildDeliveryFixture(database, platform.connector)));
    for (const { workspaceId, channelId } of fixtures) {
      const { id } = await buildChannel(database, workspaceId, platform.connector.id);
      channels.push({ id: channelId, account: "here and there", app: "shared" });
      channels.push({
        id,
        account: `of ${id}`,
        app: workspaceId === fixtures[0]?.workspaceId ? "shared" : "own",
      });
    }
    for (const [number, { id, account, app }] of channels.entries()) {
      const setApp = "update channels set account_id = $2, app_identity = $3 where id = $1";
      await asOwner(url, [setApp, [id, account, app]]);
      const ages = Array.from(
        { length: 15 },
        (_one, index) => 50 + ((index * 7_919 + number * 104_729) % 7_200) * 1_000,
      );
      await addAttempts(url, id, { agesMs: ages });
      await addAttempts(url, id, { agesMs: [1_000, 60_000, hour], state: "not_sent" });
    }
    const deliveries = platform.deliveries(database);
    const states = [
      "state = 'claimed', lease_until = now() + interval '1 hour'",
      "error_code = 'delivery.quota', wake_at = now() + interval '10 minutes'",
      "error_code = 'delivery.quota', wake_at = now() + interval '90 minutes'",
      "error_code = 'delivery.quota', wake_at = now() + interval '20 minutes', due_at = now() + interval '1 minute'",
    ];
    for (const fixture of fixtures) {
      for (const state of states) {
        const { deliveryId } = await orderPost(fixture, deliveries, textVariant("1", "2"));
        const write = `update deliveries set ${state} where id = $1`;
        await asOwner(url, ["set session_replication_role = replica"], [write, [deliveryId]]);
      }
    }
  })
  .extend("everything", ({ server }) => async (): Promise<{ sent: Sent[]; allocated: Allocated[] }> => {
    const { rows: sent } = await sql<Sent>`
    select c.account_id as "accountId", c.app_identity as app, ${ms("a.intent_at")} as at, 1 as units
    from delivery_attempts a join channels c on c.id = a.channel_id where a.state <> 'not_sent'
    order by a.intent_at`.execute(server.database.system);
    const { rows: allocated } = await sql<Allocated>`
    select d.id, c.account_id as "accountId", c.app_identity as app, ${ms("d.wake_at")} as at,
      ${ms("d.due_at")} as "dueAt", 2 as units
    from deliveries d join channels c on c.id = d.channel_id where d.error_code = 'delivery.quota'`.execute(
      server.database.system,
    );
    return { sent, allocated };
  });

const hour = 3_600_000;

type Sent = Use & { accountId: string; app: string };

const ms = (instant: string) => sql.raw(`extract(epoch from ${instant})::float8 * 1000`);

const quotaOf = (per: Quota["per"]) =>
  fc.record({
    per: fc.constant(per),
    limit: fc.integer({ min: 2, max: 60 }),
    windowMs: fc.integer({ min: 1_000, max: 3 * hour }),
    spreadMs: fc.constantFrom(0, 0, 500),
  });

test("of what was sent, only what decides is read, and every post gets the same room", async ({
  server,
  platform,
  buildPast,
  everything,
}) => {
  await buildPast();
  const { sent, allocated } = await everything();
  const owners = [...new Map(sent.map(({ accountId, app }) => [accountId, { accountId, app }])).values()];
  expect(owners).toHaveLength(3);
  const app = appOfChannel({}, platform.connector);
  let most = 0;
  const order = fc.record({
    owner: fc.constantFrom(...owners),
    units: fc.integer({ min: 1, max: 2 }),
    dueAgoMs: fc.integer({ min: -120_000, max: 120_000 }),
    // Workspaces that share an app or an account may have entered different numbers.
    numbers: fc.constantFrom(0 as const, 1 as const),
  });
  const quotaSet = fc.tuple(quotaOf("account"), quotaOf("account"), quotaOf("app"));
  await fc.assert(
    fc.asyncProperty(
      fc.array(order, { minLength: 1, maxLength: 6 }),
      fc.tuple(quotaSet, quotaSet),
      async (orders, entered) => {
        const due = orders.map(({ owner, units, dueAgoMs, numbers }, index): Due => {
          const dueAt = Date.now() - dueAgoMs;
          return { ...owner, workspaceId: "", id: String(index), units, dueAt, quotas: entered[numbers] };
        });
        const facts = await readFacts(server.database.system, platform.connector.id, app, due);
        const { now, onTheirWay } = facts;
        expect(onTheirWay.map(({ units }) => units)).toEqual([2, 2]);
        const all = new Map(
          due.flatMap((one) =>
            one.quotas.map((quota): [string, Sent[]] => {
              const theirs = sent.filter((use) => ownerOf(quota, use) === ownerOf(quota, one));
              return [windowKey(quota, one), theirs.filter(({ at }) => at > now - quota.windowMs)];
            }),
          ),
        );
        expect(allocate(due, facts)).toEqual(allocate(due, { now, onTheirWay, allocated, sent: all }));
        most = Math.max(most, ...[...facts.sent.values()].map((uses) => uses.length));
      },
    ),
    { numRuns: 300 },
  );
  // Posts due, on their way and allocated: no more can ask for room.
  expect(most).toBeLessThanOrEqual(1 + 6 * 2 + 2 * 2 + 6 * 2);
});
