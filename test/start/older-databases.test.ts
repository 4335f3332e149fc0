import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { newId } from "#kit";

/** What a migration makes of the rows of before, where the owner of the tables is nobody's superuser. */
const migrations = new URL("../../src/platform/db/migrations/", import.meta.url);
const name = `galley_older_${randomBytes(4).toString("hex")}`;
let admin: Client;
let url: string;
let superUrl: string;

beforeAll(async () => {
  const { adminUrl } = inject("template");
  admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`create role ${name} login createrole password 'plain'`);
  await admin.query(`grant galley_app, galley_system to ${name} with admin option`);
  await admin.query(`create database ${name} owner ${name}`);
  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  superUrl = address.href;
  address.username = name;
  address.password = "plain";
  url = address.href;
});
afterAll(async () => {
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`drop role ${name}`);
  await admin.end();
});

async function connected<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Applies migrations in their order: those for which `which` says so. */
async function apply(which: (file: string) => boolean): Promise<void> {
  const names = (await readdir(migrations)).filter((file) => file.endsWith(".sql") && which(file)).sort();
  await connected(url, async (owner) => {
    for (const file of names) await owner.query(await readFile(new URL(file, migrations), "utf8"));
  });
}

type Attempt = { id: string; channelId: string; externalId: string | null; daysAgo: number };

function attempt(channelId: string, externalId: string | null, daysAgo: number): Attempt {
  return { id: newId(), channelId, externalId, daysAgo };
}

/** Rows past every trigger, as Galley of then would have left them. */
function leave(attempts: Attempt[], accounts: Record<string, string>): Promise<void> {
  return connected(superUrl, async (client) => {
    await client.query("set session_replication_role = replica");
    for (const channel of Object.entries(accounts)) {
      await client.query(
        `insert into channels (workspace_id, id, connector, account_id, handle, display_name)
         values ($1, $1, 'x', $2, '@a', 'A')`,
        channel,
      );
    }
    for (const { id, channelId, externalId, daysAgo } of attempts) {
      await client.query(
        `insert into delivery_attempts (workspace_id, id, delivery_id, item, number, kind, channel_id, fence,
           payload_hash, intent_at, deadline_at, window_ms, state, external_id, settled_by, settled_at)
         select $1, $2, $2, 0, 1, 'post', $1, 1, '', m.at, m.at + interval '1 second', 1,
           case when $3::text is null then 'not_sent' else 'confirmed' end, $3, 'answer', m.at
         from (select now() - $4::integer * interval '1 day' as at) m`,
        [channelId, id, externalId, daysAgo],
      );
    }
    await client.query(
      `insert into delivery_holds (connector, account_id, until)
       values ('x', '1', '63671-01-01'), ('x', '2', now() - interval '1 hour'), ('x', '', now() + interval '1 hour')`,
    );
  });
}

test("an account in two workspaces keeps the oldest owner of each post; the others are marked and logged", async () => {
  await apply((file) => file < "0058");
  const [here, there, elsewhere] = [newId(), newId(), newId()];
  const later = attempt(here, "77", 1);
  const oldest = attempt(there, "77", 9);
  const alone = attempt(here, "78", 0);
  const ofAnother = attempt(elsewhere, "77", 5);
  const notSent = attempt(here, null, 3);
  const accounts = { [here]: "1", [there]: "1", [elsewhere]: "2" };
  await leave([later, oldest, alone, ofAnother, notSent], accounts);
  await apply((file) => file.startsWith("0058"));
  await connected(url, async (owner) => {
    // Who owns the tables is bound by row-level security, too.
    await owner.query("set role galley_system");
    const attempts = await owner.query(
      "select id, account_id, duplicate_of from delivery_attempts where connector = 'x' order by intent_at",
    );
    expect(attempts.rows).toEqual([
      { id: oldest.id, account_id: "1", duplicate_of: null },
      { id: ofAnother.id, account_id: "2", duplicate_of: null },
      { id: notSent.id, account_id: "1", duplicate_of: null },
      { id: later.id, account_id: "1", duplicate_of: oldest.id },
      { id: alone.id, account_id: "1", duplicate_of: null },
    ]);
    const events = await owner.query("select workspace_id, action, target_id from audit_events");
    const logged = { workspace_id: here, action: "delivery.external_id_shared", target_id: later.id };
    expect(events.rows).toEqual([logged]);
    const holds = await owner.query(
      "select account_id, until - since <= interval '24 hours' as ends from delivery_holds",
    );
    expect(holds.rows).toEqual([{ account_id: "1", ends: true }]);
  });
});
