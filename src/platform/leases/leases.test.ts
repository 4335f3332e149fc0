import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "#kit";
import { buildWorkspace } from "../../../test/support/builders.ts";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { heldUntil, type LeaseKey, revokeLease, takeLease } from "./leases.store.ts";
import { type Lease, LeaseLost, leasesSweep, underLease } from "./leases.ts";

// Workers are callers on one database; what a dead one leaves is a lease that nobody renews.

const { signal } = new AbortController();
let server: TestDatabase;
let key: LeaseKey;

beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.close());
beforeEach(async () => {
  const { id } = await buildWorkspace(server.database);
  key = { workspaceId: id, kind: "test.work", subject: newId() };
});

function work<Result>(forMs: number, doing: (lease: Lease) => Promise<Result>) {
  return underLease(server.database, { key, forMs, signal }, doing);
}

test("one of many workers works, and then the next", async () => {
  const done = Promise.withResolvers<void>();
  const first = work(10_000, () => done.promise);
  await expect.poll(() => heldUntil(server.database.system, key)).not.toBeNull();
  const others = await Promise.all(Array.from({ length: 5 }, () => work(10_000, async () => "mine")));
  expect(others).toEqual([null, null, null, null, null]);
  done.resolve();
  expect(await first).toEqual({ result: undefined });
  expect(await heldUntil(server.database.system, key)).toBeNull();
  expect(await work(10_000, async () => "mine")).toEqual({ result: "mine" });
});

test("it is renewed for as long as the work goes on, and free at once when that throws", async () => {
  const failed = work(300, async () => {
    await pause(1_000);
    expect(await work(300, async () => "mine")).toBeNull();
    throw new RangeError("no more");
  });
  await expect(failed).rejects.toThrow("no more");
  expect(await work(300, async () => "mine")).toEqual({ result: "mine" });
});

test("a worker that fell silent is followed by another, and writes nothing more", async () => {
  const { database } = server;
  // It took the lease, and its process stands still.
  const silent = await takeLease(database.system, key, 200);
  expect(silent).not.toBeNull();
  expect(await work(200, async () => "too early")).toBeNull();
  await pause(250);
  await work(10_000, async (lease) => {
    expect(lease.fence).toBeGreaterThan(silent?.fence ?? Infinity);
    await lease.write((db) =>
      db.updateTable("workspaces").set({ name: "Mine" }).where("id", "=", key.workspaceId).execute(),
    );
  });
});

test("one that lost its lease is stopped, and what it writes is refused", async () => {
  const { system } = server.database;
  const lost = work(300, async (lease) => {
    await revokeLease(system, key);
    await expect.poll(() => lease.signal.aborted, { timeout: 10_000 }).toBe(true);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
    await lease.write(async (db) => {
      await db.updateTable("workspaces").set({ name: "Stolen" }).where("id", "=", key.workspaceId).execute();
    });
  });
  await expect(lost).rejects.toBeInstanceOf(LeaseLost);
  const { name } = await system
    .selectFrom("workspaces")
    .select("name")
    .where("id", "=", key.workspaceId)
    .executeTakeFirstOrThrow();
  expect(name).toBe("The Daily Test");
});

test("nobody takes it while its holder writes, even where its time is up meanwhile", async () => {
  const { system } = server.database;
  const order: string[] = [];
  await work(300, async (lease) => {
    await lease.write(async () => {
      // What renews it waits for this transaction, too.
      const next = takeLease(system, key, 10_000).then(() => order.push("taken"));
      await pause(600);
      order.push("written");
      void next;
    });
    await expect.poll(() => order).toHaveLength(2);
  });
  expect(order).toEqual(["written", "taken"]);
});

test("a fence is never given twice, also when the lease was forgotten in between", async () => {
  const { system } = server.database;
  const first = await takeLease(system, key, 0);
  await system
    .updateTable("leases")
    .set({ until: new Date(0) })
    .where("subject", "=", key.subject)
    .execute();
  await leasesSweep(server).run(signal);
  const rows = await system.selectFrom("leases").select("fence").where("subject", "=", key.subject).execute();
  expect(rows).toEqual([]);
  const second = await takeLease(system, key, 10_000);
  expect(second?.fence).toBeGreaterThan(first?.fence ?? Infinity);
});

test("a process that stops ends its work and gives the lease back", async () => {
  const stopping = new AbortController();
  const stopped = underLease(
    server.database,
    { key, forMs: 60_000, signal: stopping.signal },
    async (lease) => {
      stopping.abort();
      lease.signal.throwIfAborted();
    },
  );
  await expect(stopped).rejects.toThrow("aborted");
  expect(await work(300, async () => "mine")).toEqual({ result: "mine" });
});

test("a database that cannot be reached ends the work; the lease ends by itself", async () => {
  const away = await testDatabase();
  const { id } = await buildWorkspace(away.database);
  const there = { ...key, workspaceId: id };
  const ended = underLease(away.database, { key: there, forMs: 300, signal }, async (lease) => {
    await away.close();
    await expect.poll(() => lease.signal.aborted, { timeout: 10_000 }).toBe(true);
    throw lease.signal.reason;
  });
  await expect(ended).rejects.toBeInstanceOf(LeaseLost);
});
