import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pool } from "pg";
import type { Channel, Channels } from "#channels";
import type { Deliveries } from "#delivery";
import type { Desk } from "#desk";
import type { Actor } from "#kit";
import {
  createPool,
  type Database,
  type EmbeddedPostgres,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from "#platform/db";
import { createFiles } from "#platform/files";
import { createHttpClient } from "#platform/http-client";
import { migrateJobs } from "#platform/jobs";
import { createMailTransport } from "#platform/mail";
import { createFeatures } from "../../src/app/features.ts";
import { agree } from "../acceptance/consent.ts";
import { buildMember, buildWorkspace } from "../support/builders.ts";
import { postmasterOf } from "../support/galley.ts";
import { testServices } from "../support/services.ts";
import type { Access, Platforms, Target } from "./platforms.ts";

export type ConnectedChannel = { id: string; target: Target; account: string };

/** The desk, its people and the database, in the harness's own process: nothing here publishes. */
export type Harness = {
  databaseUrl: string;
  dataDir: string;
  key: string;
  database: Database;
  /** As the owner of the database, beside all roles. */
  admin: Pool;
  desk: Desk;
  channels: Channels;
  deliveries: Deliveries;
  author: Actor;
  approver: Actor;
  connected: ConnectedChannel[];
  /** What a person does about a channel that has to be connected again. */
  reconnect(channel: ConnectedChannel): Promise<void>;
  /** SIGQUIT to the postmaster: PostgreSQL's immediate shutdown, without a last word. The harness starts it again. */
  crashDatabase(): Promise<void>;
  close(): Promise<void>;
};

/** Tells which deliveries lost their worker, without touching the code under test. */
const witness = `
  create schema chaos;
  create table chaos.hits (delivery_id uuid not null);
  grant usage on schema chaos to galley_system, galley_app;
  grant insert on chaos.hits to galley_system, galley_app;
  create function chaos.hit() returns trigger language plpgsql as $$
    begin
      insert into chaos.hits values (new.id);
      return null;
    end $$;
  create trigger chaos_hit after update of fence on deliveries for each row
    when (old.state in ('claimed', 'in_flight', 'reconciling') and new.fence > old.fence
      and old.lease_until is not null and new.lease_until is null and new.state in ('ambiguous', 'scheduled'))
    execute function chaos.hit();`;

const publicUrl = "http://127.0.0.1:3000";

/** `server`: where the database is kept; without one, the built-in PostgreSQL in Galley's own folder. */
export async function openHarness(
  directory: string,
  platforms: Platforms,
  server: EmbeddedPostgres | null = null,
): Promise<Harness> {
  const dataDir = join(directory, "galley");
  const postgres = server ?? (await startEmbeddedPostgres({ dataDir }));
  await migrate(postgres.url);
  await migrateJobs(postgres.url);
  const admin = createPool({ url: postgres.url, role: null, size: 2 });
  await admin.query(witness);
  const database = openDatabase({ url: postgres.url, poolSize: 10 });
  const key = randomBytes(32);
  // This process publishes nothing.
  const { desk, channels, deliveries } = createFeatures(
    testServices({
      database,
      key,
      http: createHttpClient({ allowOrigins: platforms.origins }),
      mail: createMailTransport({ allowServers: platforms.mailServers }),
      connectorSettings: Object.fromEntries(platforms.targets.map((target) => [target.id, target.settings])),
      files: createFiles({ directory: join(dataDir, "media") }),
      publicUrl,
      deliverySettings: { concurrency: 1, minimumWindowMs: 0 },
    }),
  );
  const workspace = await buildWorkspace(database, { timeZone: "UTC", separateApprover: true });
  const author = await buildMember(database, workspace.id, "owner");
  const approver = await buildMember(database, workspace.id, "owner");
  const harness = { author, channels };
  for (const { id, ownApp } of platforms.targets) {
    // Its secret ends soon, of which people are warned while all this goes on.
    const app = { secretEndsAt: new Date(Date.now() + 5 * 86_400_000), despite: true };
    if (ownApp) await channels.saveApp(author, id, { values: ownApp, ...app });
  }
  const connected = (
    await Promise.all(platforms.targets.map((target) => connectAll(harness, target)))
  ).flat();

  return {
    databaseUrl: postgres.url,
    dataDir,
    key: key.toString("base64"),
    database,
    admin,
    desk,
    channels,
    deliveries,
    author,
    approver,
    connected,
    reconnect: async (channel) => {
      const number = connected.filter(({ target }) => target === channel.target).indexOf(channel);
      await connect(harness, channel.target, number);
    },
    crashDatabase: async () => {
      const file = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8").catch(() => null);
      if (file !== null) process.kill(postmasterOf(file), "SIGQUIT");
    },
    close: async () => {
      await Promise.all([database.close(), admin.end()]);
      await postgres.stop();
    },
  };
}

async function connectAll(
  harness: Pick<Harness, "author" | "channels">,
  target: Target,
): Promise<ConnectedChannel[]> {
  const connected: ConnectedChannel[] = [];
  for (let number = 0; number < target.accounts; number += 1) {
    connected.push(await connect(harness, target, number));
  }
  return connected;
}

/** Connects one account as a person does: by the consent page, or by the form. */
async function connect(
  { author, channels }: Pick<Harness, "author" | "channels">,
  target: Target,
  number: number,
): Promise<ConnectedChannel> {
  const access = target.access(number);
  const channel =
    access.kind === "form"
      ? await channels.connectForm(author, target.id, access.form)
      : await consent({ author, channels }, target.id, access);
  return { id: channel.id, target, account: target.account(number) ?? channel.accountId };
}

async function consent(
  { author, channels }: Pick<Harness, "author" | "channels">,
  id: string,
  { before, page, pick }: Extract<Access, { kind: "consent" }>,
): Promise<Channel> {
  const options = { interactive: true, returnTo: null, form: before };
  const { authorizeUrl } = await channels.authorize(author, id, options);
  const back = await agree(authorizeUrl, publicUrl, page);
  const result = await channels.callback(author, id, {
    code: back.searchParams.get("code") ?? undefined,
    state: back.searchParams.get("state") ?? undefined,
  });
  if (result.kind === "failed") throw result.error;
  if (result.kind === "connected") return result.channel;
  const { pending } = result;
  const accountId = pending.accounts[pick]?.account.accountId ?? "";
  const [channel] = await channels.pick(author, pending.id, [accountId]);
  if (!channel) throw new TypeError("nothing was picked");
  return channel;
}
