import { newId } from "#kit";
import { sql } from "kysely";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
import { claimDue, type Claimed } from "./claim.ts";
import type { Deliveries } from "./deliveries.ts";
import { hashItems } from "./frozen.ts";
import { type Intent, writeIntents } from "./intent.ts";
import { type Settlement, writeSettlements } from "./settle.ts";
import { recoverExpired } from "./tend.ts";

/** Every test tries to break an invariant with the statements themselves, past the code that keeps it. */
let server: TestDatabase;
let platform: DeliverySandbox;
let house: DeliveryHouse;
let deliveries: Deliveries;

beforeAll(async () => {
  server = await testDatabase();
  platform = await startDeliverySandbox();
});
afterAll(async () => {
  await platform.close();
  await server.close();
});
beforeEach(async () => {
  house = await buildDeliveryHouse(server.database, platform.connector);
  deliveries = platform.deliveries(server.database);
});

const plan = {
  items: [
    { kind: "post" as const, payload: { text: "One", media: [] } },
    { kind: "reply" as const, payload: { text: "Two", media: [] } },
  ],
};

async function claimOne(leaseMs = 60_000, text = "One", claimant: string | null = null): Promise<Claimed> {
  await orderPost(house, deliveries, textVariant(text, "Two"));
  const claimed = await claimDue(server.database.system, { limit: 1, leaseMs, claimant, busyChannels: [] });
  if (!claimed[0]) throw new Error("nothing was claimed");
  return claimed[0];
}

function intentFor(claimed: Claimed, given: Partial<Intent> = {}): Intent {
  return {
    workspaceId: claimed.workspaceId,
    deliveryId: claimed.id,
    fence: claimed.fence,
    id: newId(),
    item: 0,
    number: 1,
    kind: "post",
    payloadHash: hashItems(plan)[0] ?? "",
    deadlineMs: 1_000,
    windowMs: 2_000,
    marginMs: 1_000,
    plan,
    itemHashes: hashItems(plan),
    ...given,
  };
}

async function intend(intent: Intent): Promise<boolean[]> {
  return (await writeIntents(server.database.system, [intent])).standing;
}

function settle(claimed: Claimed, settlement: Pick<Settlement, "attempt" | "next">): Promise<boolean[]> {
  return writeSettlements(server.database.system, [
    {
      workspaceId: claimed.workspaceId,
      deliveryId: claimed.id,
      fence: claimed.fence,
      ...settlement,
    },
  ]);
}

function next(state: NonNullable<Settlement["next"]>["state"]): NonNullable<Settlement["next"]> {
  return { state, waitMs: 0, tries: 0, errorCode: null, errorMessage: null, externalUrl: null };
}

async function stateOf(claimed: Claimed): Promise<{ state: string; fence: number }> {
  return server.database.system
    .selectFrom("deliveries")
    .select(["state", "fence"])
    .where("id", "=", claimed.id)
    .executeTakeFirstOrThrow();
}

/** Drops what a test left claimable, so that the next one claims its own. */
async function endAll(): Promise<void> {
  await sql`update deliveries set state = 'missed' where state = 'scheduled'`.execute(server.database.system);
}

/** A delivery whose answer was lost, claimed by whoever reads it back. */
async function ambiguous() {
  const claimed = await claimOne(60_000, "One", "dead");
  const intent = intentFor(claimed, { windowMs: 60_000 });
  await intend(intent);
  await settle(claimed, { attempt: { id: intent.id, state: "ambiguous" }, next: next("ambiguous") });
  const reading = { ...claimed, fence: claimed.fence + 1 };
  await sql`update deliveries set state = 'reconciling', fence = fence + 1, lease_until = now() + interval '1 minute'
    where id = ${claimed.id}`.execute(server.database.system);
  return { claimed: reading, attemptId: intent.id };
}

describe("1: no byte without a durable intent at the current fence", () => {
  test("an old fence writes no intent", async () => {
    const claimed = await claimOne();
    expect(await intend(intentFor(claimed, { fence: claimed.fence - 1 }))).toEqual([false]);
    expect(await intend(intentFor(claimed))).toEqual([true]);
  });

  test("an intent that is inserted past the fence is refused", async () => {
    const claimed = await claimOne();
    const insert = server.database.system.insertInto("delivery_attempts").values({
      workspace_id: claimed.workspaceId,
      id: newId(),
      delivery_id: claimed.id,
      item: 0,
      number: 1,
      kind: "post",
      channel_id: claimed.channelId,
      fence: claimed.fence + 1,
      payload_hash: hashItems(plan)[0] ?? "",
      deadline_at: new Date(Date.now() + 5_000),
      window_ms: 1,
      connector: "",
      account_id: "",
    });
    await expect(insert.execute()).rejects.toThrow(/current fence/);
  });

  test("a database that may forget a commit takes no intent", async () => {
    const claimed = await claimOne();
    const attempt = server.database.system.transaction().execute(async (transaction) => {
      await sql`set local synchronous_commit = off`.execute(transaction);
      await writeIntents(transaction, [intentFor(claimed)]);
    });
    await expect(attempt).rejects.toThrow(/forget a commit/);
    await deliveries.checkDurability();
  });
});

describe("2 and 9: one attempt at a time, each item its own, in order", () => {
  test("a second attempt beside an open, an ambiguous or a confirmed one is refused", async () => {
    const claimed = await claimOne();
    const first = intentFor(claimed);
    await intend(first);
    const second = () => intend(intentFor(claimed, { number: 2 }));
    await expect(second()).rejects.toThrow(/delivery_attempts_open/);
    await settle(claimed, {
      attempt: { id: first.id, state: "confirmed", settledBy: "answer", externalId: newId() },
      next: null,
    });
    await expect(second()).rejects.toThrow(/delivery_attempts_open/);
  });

  test("a part of a thread waits for the one before it", async () => {
    const claimed = await claimOne();
    const secondPart = { item: 1, kind: "reply" as const, payloadHash: hashItems(plan)[1] ?? "" };
    await expect(intend(intentFor(claimed, secondPart))).rejects.toThrow(/in order/);
  });

  test("a thread is confirmed only when every part is", async () => {
    const claimed = await claimOne();
    const first = intentFor(claimed);
    await intend(first);
    const attempt = {
      id: first.id,
      state: "confirmed" as const,
      settledBy: "answer" as const,
      externalId: newId(),
    };
    await expect(settle(claimed, { attempt, next: next("confirmed") })).rejects.toThrow(/not every item/);
  });
});

describe("3: from ambiguous to sending again only through a proof", () => {
  test("not while the attempt is open or ambiguous", async () => {
    const { claimed } = await ambiguous();
    await expect(settle(claimed, { attempt: null, next: next("scheduled") })).rejects.toThrow(/not settled/);
    const flying = await claimOne();
    await intend(intentFor(flying));
    await expect(settle(flying, { attempt: null, next: next("scheduled") })).rejects.toThrow(/not settled/);
  });

  test("not by a listing before the window, nor by one that does not reach back", async () => {
    const { claimed, attemptId } = await ambiguous();
    const absent = { id: attemptId, state: "absent_proven" as const, settledBy: "located" as const };
    const later = new Date(Date.now() + 61_000);
    const tries = [
      { ...absent, lookedAt: new Date(), coversFrom: new Date(0) },
      { ...absent, lookedAt: later, coversFrom: new Date(Date.now() - 110_000) },
      { ...absent, lookedAt: later },
      absent,
    ];
    for (const attempt of tries) {
      await expect(settle(claimed, { attempt, next: next("scheduled") })).rejects.toThrow(
        /absence_is_proven/,
      );
    }
    const proof = { ...absent, lookedAt: later, coversFrom: new Date(0) };
    expect(await settle(claimed, { attempt: proof, next: next("scheduled") })).toEqual([true]);
    await endAll();
  });

  test("and never back to open or not sent", async () => {
    const { claimed, attemptId } = await ambiguous();
    const unsent = { id: attemptId, state: "not_sent" as const, settledBy: "answer" as const };
    await expect(settle(claimed, { attempt: unsent, next: next("scheduled") })).rejects.toThrow(/cannot go/);
  });
});

describe("4: what is sent is what was approved", () => {
  test("content, approval and plan are frozen", async () => {
    const claimed = await claimOne();
    const change = (assignment: ReturnType<typeof sql>) =>
      sql`update deliveries set ${assignment} where id = ${claimed.id}`.execute(server.database.system);
    await expect(change(sql`content = '{}'`)).rejects.toThrow(/frozen/);
    await expect(change(sql`approval_id = gen_random_uuid()`)).rejects.toThrow(/frozen/);
    await intend(intentFor(claimed));
    await expect(change(sql`plan = '{"items": []}'`)).rejects.toThrow(/frozen/);
    await expect(change(sql`due_at = now()`)).rejects.toThrow(/frozen/);
  });

  test("an intent for other bytes than the plan's is refused", async () => {
    const claimed = await claimOne();
    await expect(intend(intentFor(claimed, { payloadHash: "0".repeat(64) }))).rejects.toThrow(/stored plan/);
  });

  test("an order that is not what the approval bound is refused", async () => {
    const { workspaceId, channelId, approverId } = house;
    const order = server.database.inWorkspace(workspaceId, (transaction) =>
      deliveries.request(transaction, {
        workspaceId,
        postId: newId(),
        approval: {
          id: newId(),
          decidedBy: approverId,
          binding: { at: null, variants: [{ channelId, hash: "0".repeat(64) }] },
        },
        variants: [{ channelId, content: textVariant("Else"), media: [] }],
        dueAt: new Date(),
        graceSeconds: 60,
      }),
    );
    await expect(order).rejects.toThrow(/not what was approved/);
  });

  test("one approval sends a post to a channel once", async () => {
    const { postId, approvalId } = await orderPost(house, deliveries, textVariant("Once"));
    const again = sql`insert into deliveries (workspace_id, id, post_id, channel_id, connector, content, content_hash,
        approval_id, approved_by, approval_binding, approval_hash, due_at, grace_seconds, late_after, wake_at)
      select workspace_id, gen_random_uuid(), post_id, channel_id, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, grace_seconds, late_after, wake_at
      from deliveries where post_id = ${postId} and approval_id = ${approvalId}`;
    await expect(again.execute(server.database.system)).rejects.toThrow(/deliveries_once/);
    await endAll();
  });
});

describe("5: a platform's id is unique per account, and confirmed is final", () => {
  test("in the database", async () => {
    const externalId = newId();
    const first = await claimOne();
    const intent = intentFor(first);
    await intend(intent);
    const confirm = (id: string) => ({
      attempt: { id, state: "confirmed" as const, settledBy: "answer" as const, externalId },
      next: null,
    });
    await settle(first, confirm(intent.id));
    const second = await claimOne();
    const other = intentFor(second);
    await intend(other);
    await expect(settle(second, confirm(other.id))).rejects.toThrow(/delivery_attempts_external/);
    const undo = { id: intent.id, state: "not_sent" as const, settledBy: "answer" as const };
    await expect(settle(first, { attempt: undo, next: null })).rejects.toThrow(/cannot go/);
    const rename = { id: intent.id, state: "confirmed" as const, externalId: newId() };
    await expect(settle(first, { attempt: rename, next: null })).rejects.toThrow(/final/);
  });

  test("in whichever workspace the account is connected, and of another account it is another post", async () => {
    const externalId = newId();
    const confirmed = async (of: Claimed) => {
      const intent = intentFor(of);
      await intend(intent);
      const attempt = {
        id: intent.id,
        state: "confirmed" as const,
        settledBy: "answer" as const,
        externalId,
      };
      return settle(of, { attempt, next: null });
    };
    const here = house;
    const first = await claimOne();
    expect(await confirmed(first)).toEqual([true]);
    house = await buildDeliveryHouse(server.database, platform.connector);
    expect(await confirmed(await claimOne())).toEqual([true]);
    house = await buildDeliveryHouse(server.database, platform.connector);
    const channels = server.database.system.updateTable("channels");
    await channels.set({ account_id: here.channelId }).where("id", "=", house.channelId).execute();
    await expect(confirmed(await claimOne())).rejects.toThrow(/delivery_attempts_external/);
  });

  test("of the account that the intent was written for, whatever its channel is called later", async () => {
    const claimed = await claimOne();
    const intent = intentFor(claimed);
    await intend(intent);
    const { system } = server.database;
    const accounts = () =>
      system
        .selectFrom("delivery_attempts")
        .select(["connector", "account_id", "duplicate_of"])
        .where("id", "=", intent.id)
        .execute();
    const written = [{ connector: "sandbox", account_id: house.channelId, duplicate_of: null }];
    expect(await accounts()).toEqual(written);
    await system
      .updateTable("channels")
      .set({ account_id: newId() })
      .where("id", "=", house.channelId)
      .execute();
    expect(await accounts()).toEqual(written);
    const attempts = () => system.updateTable("delivery_attempts").where("id", "=", intent.id);
    await expect(attempts().set({ account_id: newId() }).execute()).rejects.toThrow(/frozen/);
    await expect(attempts().set({ duplicate_of: newId() }).execute()).rejects.toThrow(/frozen/);
  });
});

describe("6: deadlines end before leases, and an old fence writes nothing", () => {
  test("an intent whose deadline outlives the lease is refused", async () => {
    const claimed = await claimOne();
    await expect(intend(intentFor(claimed, { deadlineMs: 5_000, marginMs: -4_000 }))).rejects.toThrow(
      /lease/,
    );
  });

  test("a worker that slept through its lease changes nothing", async () => {
    const claimed = await claimOne(1);
    await recoverExpired(server.database.system);
    const before = await stateOf(claimed);
    expect(before).toEqual({ state: "scheduled", fence: claimed.fence + 1 });
    expect(await intend(intentFor(claimed))).toEqual([false]);
    expect(await settle(claimed, { attempt: null, next: next("rejected") })).toEqual([false]);
    expect(await stateOf(claimed)).toEqual(before);
    await endAll();
  });

  test("settling an attempt past the fence is refused", async () => {
    const claimed = await claimOne();
    const intent = intentFor(claimed);
    await intend(intent);
    const write = sql`update delivery_attempts set state = 'not_sent', settled_by = 'answer', settled_at = now(),
      settled_fence = ${claimed.fence - 1} where id = ${intent.id}`;
    await expect(write.execute(server.database.system)).rejects.toThrow(/fence has moved/);
  });

  test("a claim without a new fence is refused, and a fence never goes back", async () => {
    const claimed = await claimOne(1);
    await recoverExpired(server.database.system);
    const take = sql`update deliveries set state = 'claimed', lease_until = now() where id = ${claimed.id}`;
    await expect(take.execute(server.database.system)).rejects.toThrow(/new fence/);
    const back = sql`update deliveries set fence = fence - 1 where id = ${claimed.id}`;
    await expect(back.execute(server.database.system)).rejects.toThrow(/never goes back/);
    await endAll();
  });
});

describe("7: a match is not older than the attempt", () => {
  test("in the database", async () => {
    const claimed = await claimOne();
    const intent = intentFor(claimed);
    await intend(intent);
    const located = {
      id: intent.id,
      state: "confirmed" as const,
      settledBy: "located" as const,
      externalId: newId(),
      externalCreatedAt: new Date(Date.now() - 3_600_000),
    };
    await expect(settle(claimed, { attempt: located, next: null })).rejects.toThrow(/match_is_not_older/);
    await expect(
      sql`update delivery_attempts set intent_at = now() - interval '1 day' where id = ${intent.id}`.execute(
        server.database.system,
      ),
    ).rejects.toThrow(/a record/);
  });
});

describe("a process that dies", () => {
  test("holding only a claim leaves it where it stood in line, and can do nothing with it if it only seemed dead", async () => {
    const claimed = await claimOne(60_000, "One", "dead");
    const others = await claimOne();
    await deliveries.recoverFromDead(["dead"]);
    expect(await stateOf(claimed)).toEqual({ state: "scheduled", fence: claimed.fence + 1 });
    expect(await stateOf(others)).toEqual({ state: "claimed", fence: others.fence });
    const inPlace = sql`select from deliveries where id = ${claimed.id} and wake_at = due_at`;
    expect((await inPlace.execute(server.database.system)).rows).toHaveLength(1);
    expect(await intend(intentFor(claimed))).toEqual([false]);
    await endAll();
  });

  test("with an intent keeps the lease of it: the answer may still be written", async () => {
    const claimed = await claimOne(60_000, "One", "dead");
    const intent = intentFor(claimed);
    await intend(intent);
    await deliveries.recoverFromDead(["dead"]);
    expect(await stateOf(claimed)).toEqual({ state: "in_flight", fence: claimed.fence });
    const undo = { id: intent.id, state: "not_sent" as const, settledBy: "answer" as const };
    expect(await settle(claimed, { attempt: undo, next: next("missed") })).toEqual([true]);
  });

  test("while it reads back leaves that to the next one, and nothing is free to be sent", async () => {
    const { claimed } = await ambiguous();
    await deliveries.recoverFromDead(["dead"]);
    expect(await stateOf(claimed)).toMatchObject({ state: "ambiguous" });
  });

  test("after its intent leaves an ambiguous delivery, which is read back before it is sent again", async () => {
    const claimed = await claimOne(60_000, "A sentence of its own");
    const own = {
      items: plan.items.with(0, { kind: "post", payload: { text: "A sentence of its own", media: [] } }),
    };
    const hashes = hashItems(own);
    const stored = { plan: own, itemHashes: hashes, payloadHash: hashes[0] ?? "" };
    await intend(intentFor(claimed, { ...stored, deadlineMs: 100, marginMs: 100 }));
    await pause(300);
    await recoverExpired(server.database.system);
    expect(await stateOf(claimed)).toEqual({ state: "ambiguous", fence: claimed.fence + 1 });
    await sweepUntil(deliveries, async () => (await stateOf(claimed)).state === "confirmed");
    const [view] = await deliveries.forPost(house.workspaceId, claimed.postId);
    expect(view?.attempts.map(({ state }) => state)).toEqual(["absent_proven", "confirmed", "confirmed"]);
    expect((await platform.journal()).filter(({ text }) => text.startsWith("A sentence"))).toHaveLength(1);
  });
});
