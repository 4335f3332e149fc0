import { type Connector, ConnectorFailure } from "#connectors";
import { type Actor, newId } from "#kit";
import { orderQuarantine } from "#platform/config";
import { createPool, type Database, openDatabase } from "#platform/db";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { buildMember } from "../../test/builders.ts";
import { testDatabase } from "../../test/database.ts";
import {
  buildDeliveryHouse,
  type DeliveryHouse,
  type DeliverySandbox,
  orderPost,
  startDeliverySandbox,
  sweepUntil,
  textVariant,
} from "../../test/delivery.ts";
import { claimDue } from "./claim.ts";
import type { Deliveries } from "./deliveries.ts";
import { writeIntents } from "./intent.ts";

let platform: DeliverySandbox;
let house: DeliveryHouse;
let database: Database;
let url: string;
let copy: string;
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "galley-data-"));
  platform = await startDeliverySandbox();
  const made = await testDatabase();
  await made.database.close();
  url = made.url;
  copy = `${nameOf(url)}_backup`;
  database = openDatabase({ url, poolSize: 4 });
  house = await buildDeliveryHouse(database, platform.connector);
});
afterEach(async () => {
  await database.close();
  await platform.close();
  await onServer(
    `drop database if exists ${nameOf(url)} with (force)`,
    `drop database if exists ${copy} with (force)`,
  );
  await rm(dataDir, { recursive: true });
});

function nameOf(address: string): string {
  return new URL(address).pathname.slice(1);
}

async function onServer(...statements: string[]): Promise<void> {
  const client = createPool({ url: inject("template").adminUrl, role: null, size: 1 });
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function backUp(): Promise<void> {
  await database.close();
  await onServer(`create database ${copy} template ${nameOf(url)}`);
  reopen();
}

async function restore(): Promise<void> {
  await database.close();
  await onServer(
    `drop database ${nameOf(url)} with (force)`,
    `create database ${nameOf(url)} template ${copy}`,
  );
  reopen();
}

function reopen(): void {
  database = openDatabase({ url, poolSize: 4 });
  house = { ...house, database };
}

function start(speaking?: Connector): Deliveries {
  return platform.deliveries(database, {}, speaking, dataDir);
}

async function stateOf(deliveries: Deliveries, postId: string) {
  return (await deliveries.forPost(house.workspaceId, postId))[0]?.state;
}

async function owner(): Promise<Actor> {
  const { userId } = await buildMember(database, house.workspaceId, "owner");
  const person = { name: "Ada", email: "ada@example.test", sessionId: newId() };
  return { kind: "person", userId, ...person, workspaceId: house.workspaceId, role: "owner" };
}

async function visible(): Promise<string[]> {
  return (await platform.journal()).map(({ text }) => text).toSorted();
}

test("after a restore under the same data folder, what went out since the backup is found and not sent again", async () => {
  const before = start();
  await before.checkDurability();
  const soon = new Date(Date.now() + 1_500);
  const sent = await orderPost(house, before, textVariant("went out after the backup"), { dueAt: soon });
  const kept = await orderPost(house, before, textVariant("was due, and never sent"), { dueAt: soon });
  const cancelled = { workspaceId: house.workspaceId, postId: kept.postId };
  await backUp();
  const between = start();
  await between.checkDurability();
  // After the backup a person calls this one off; the restored database knows nothing of it.
  await database.inWorkspace(cancelled.workspaceId, (tx) =>
    between.cancel(tx, cancelled.workspaceId, cancelled.postId),
  );
  await sweepUntil(between, async () => (await stateOf(between, sent.postId)) === "confirmed");
  expect(await visible()).toEqual(["went out after the backup"]);
  await restore();

  const after = start();
  await after.checkDurability();
  expect(await after.quarantine.view()).toMatchObject({ active: true, unchecked: 2 });
  const fresh = await orderPost(house, after, textVariant("ordered in quarantine"));
  await expect(after.quarantine.release(await owner())).rejects.toMatchObject({
    code: "delivery.quarantine_unfinished",
  });
  await sweepUntil(after, async () => {
    const { unchecked, reading } = await after.quarantine.view();
    return unchecked + reading === 0;
  });
  expect(await stateOf(after, sent.postId)).toBe("confirmed");
  expect(await stateOf(after, kept.postId)).toBe("scheduled");
  expect(await visible()).toEqual(["went out after the backup"]);

  expect(await after.quarantine.release(await owner())).toMatchObject({ active: false });
  await sweepUntil(after, async () => (await stateOf(after, fresh.postId)) === "confirmed");
  await sweepUntil(after, async () => (await stateOf(after, kept.postId)) === "confirmed");
  expect(await visible()).toEqual([
    "ordered in quarantine",
    "was due, and never sent",
    "went out after the backup",
  ]);
}, 60_000);

test("a database that is exchanged under a running worker is not claimed from", async () => {
  const before = start();
  await before.checkDurability();
  const post = await orderPost(house, before, textVariant("once"), { dueAt: new Date(Date.now() + 500) });
  await backUp();
  const running = start();
  await running.checkDurability();
  await sweepUntil(running, async () => (await stateOf(running, post.postId)) === "confirmed");
  const beatSeen = running.quarantine.known();
  await restore();
  const same = start();
  // The process that goes on knows how far the database was, before any sweep has compared the two.
  const limits = { limit: 10, leaseMs: 3_000, busyChannels: [] };
  expect(await claimDue(database.system, { ...limits, knownBeat: beatSeen })).toEqual([]);
  await sweepUntil(same, async () => (await stateOf(same, post.postId)) === "confirmed");
  expect(await visible()).toEqual(["once"]);
  expect((await same.quarantine.view()).active).toBe(true);
}, 60_000);

test("where the platform cannot be read a person is asked, and nothing is sent", async () => {
  const blind: Connector = { ...platform.connector, locate: "unsupported" };
  const deliveries = start(blind);
  await deliveries.checkDurability();
  const post = await orderPost(house, deliveries, textVariant("who knows"), {
    dueAt: new Date(Date.now() - 60_000),
  });
  await orderQuarantine(dataDir, new Date(Date.now() - 3_600_000));
  const again = start(blind);
  await sweepUntil(again, async () => (await stateOf(again, post.postId)) === "needs_human");
  expect(await visible()).toEqual([]);
  await again.resolve(await owner(), post.deliveryId, { outcome: "absent" });
  expect(await again.quarantine.release(await owner())).toMatchObject({ active: false });
  await sweepUntil(again, async () => (await stateOf(again, post.postId)) === "confirmed");
  expect(await visible()).toEqual(["who knows"]);
}, 60_000);

test("a platform that cannot be asked for a moment is asked again, not left to a person", async () => {
  let asked = 0;
  const busy: Connector = {
    ...platform.connector,
    prepare: async (...given) => {
      asked += 1;
      if (asked > 1) return platform.connector.prepare(...given);
      throw new ConnectorFailure({ verdict: "throttled", code: "sandbox.throttled", message: "Later." });
    },
  };
  const before = start();
  await before.checkDurability();
  const post = await orderPost(house, before, textVariant("asked twice"));
  await orderQuarantine(dataDir, new Date(Date.now() - 1_000));
  const deliveries = start(busy);
  await sweepUntil(deliveries, async () => {
    const { active, unchecked, reading } = await deliveries.quarantine.view();
    return active && unchecked + reading === 0;
  });
  expect(asked).toBe(2);
  expect(await stateOf(deliveries, post.postId)).toBe("scheduled");
  await deliveries.quarantine.release(await owner());
  await sweepUntil(deliveries, async () => (await stateOf(deliveries, post.postId)) === "confirmed");
  expect(await visible()).toEqual(["asked twice"]);
}, 60_000);

test("an access that the platform refuses while it is asked is to be connected again", async () => {
  const closed: Connector = {
    ...platform.connector,
    prepare: () => {
      const message = "The access was withdrawn.";
      throw new ConnectorFailure({ verdict: "unauthorized", code: "sandbox.unauthorized", message });
    },
  };
  const before = start();
  await before.checkDurability();
  await orderPost(house, before, textVariant("who knows"));
  await orderQuarantine(dataDir, new Date(Date.now() - 1_000));
  const deliveries = start(closed);
  await sweepUntil(deliveries, () => Promise.resolve(platform.reconnects.length > 0));
  expect(platform.reconnects[0]).toBe("The access was withdrawn.");
  expect(await visible()).toEqual([]);
}, 60_000);

test("the database itself refuses an attempt in quarantine", async () => {
  const deliveries = start();
  const ada = await owner();
  await orderPost(house, deliveries, textVariant("not now"));
  const [claimed] = await claimDue(database.system, { limit: 1, leaseMs: 5_000, busyChannels: [] });
  if (!claimed) throw new Error("nothing was claimed");
  await deliveries.quarantine.enter(ada, new Date(Date.now() - 1_000));
  const intent = {
    workspaceId: claimed.workspaceId,
    deliveryId: claimed.id,
    fence: claimed.fence,
    id: newId(),
    item: 0,
    number: 1,
    kind: "post" as const,
    payloadHash: "0",
    deadlineMs: 100,
    windowMs: 100,
    marginMs: 100,
    plan: { items: [{ kind: "post" as const, payload: "x" }] },
    itemHashes: ["0"],
  };
  await expect(writeIntents(database.system, [intent])).rejects.toMatchObject({ code: "GD006" });
});
