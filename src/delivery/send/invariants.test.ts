import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect } from "vitest";
import { platformSkewMs } from "#connectors";
import { newId } from "#kit";
import { orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { intentFor, next, plan } from "../../../test/support/features/statements.ts";
import { test } from "../../../test/support/fixtures/statements.ts";
import { recoverExpired } from "../maintenance/recovery.store.ts";
import { hashItems } from "./frozen.ts";
import { writeIntents } from "./intents.store.ts";

/** Every test tries to break an invariant with the statements themselves, past the code that keeps it. */
describe("1: no byte without a durable intent at the current fence", () => {
  test("an old fence writes no intent", async ({ claimOne, intend }) => {
    const claimed = await claimOne();
    expect(await intend(intentFor(claimed, { fence: claimed.fence - 1 }))).toEqual([false]);
    expect(await intend(intentFor(claimed))).toEqual([true]);
  });

  test("an intent that is inserted past the fence is refused", async ({ at, claimOne }) => {
    const claimed = await claimOne();
    const insert = at()
      .server.database.system.insertInto("delivery_attempts")
      .values({
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

  test("a database that may forget a commit takes no intent", async ({ at, claimOne }) => {
    const claimed = await claimOne();
    const attempt = at()
      .server.database.system.transaction()
      .execute(async (transaction) => {
        await sql`set local synchronous_commit = off`.execute(transaction);
        await writeIntents(transaction, [intentFor(claimed)]);
      });
    await expect(attempt).rejects.toThrow(/forget a commit/);
    await at().deliveries.checkDurability();
  });
});

describe("2 and 9: one attempt at a time, each item its own, in order", () => {
  test("a second attempt beside an open, an ambiguous or a confirmed one is refused", async ({
    claimOne,
    intend,
    settle,
  }) => {
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

  test("a part of a thread waits for the one before it", async ({ claimOne, intend }) => {
    const claimed = await claimOne();
    const secondPart = { item: 1, kind: "reply" as const, payloadHash: hashItems(plan)[1] ?? "" };
    await expect(intend(intentFor(claimed, secondPart))).rejects.toThrow(/in order/);
  });

  test("a thread is confirmed only when every part is", async ({ claimOne, intend, settle }) => {
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
  test("not while the attempt is open or ambiguous", async ({ claimOne, intend, settle, ambiguous }) => {
    const { claimed } = await ambiguous();
    await expect(settle(claimed, { attempt: null, next: next("scheduled") })).rejects.toThrow(/not settled/);
    const flying = await claimOne();
    await intend(intentFor(flying));
    await expect(settle(flying, { attempt: null, next: next("scheduled") })).rejects.toThrow(/not settled/);
  });

  test("not by a listing before the window, nor by one that does not reach back", async ({
    settle,
    endAll,
    ambiguous,
  }) => {
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

  test("a listing has to reach back by the skew that the code counts with", async ({ at }) => {
    const { rows } = await sql<{ reaches: boolean }>`
      select pg_get_constraintdef(oid) like '%' || quote_literal(make_interval(secs => ${platformSkewMs / 1_000})) || '%' as reaches
      from pg_constraint where conname = 'absence_is_proven'`.execute(at().server.database.system);
    expect(rows).toEqual([{ reaches: true }]);
  });

  test("and never back to open or not sent", async ({ settle, ambiguous }) => {
    const { claimed, attemptId } = await ambiguous();
    const unsent = { id: attemptId, state: "not_sent" as const, settledBy: "answer" as const };
    await expect(settle(claimed, { attempt: unsent, next: next("scheduled") })).rejects.toThrow(/cannot go/);
  });
});

describe("4: what is sent is what was approved", () => {
  test("content, approval and plan are frozen", async ({ at, claimOne, intend }) => {
    const claimed = await claimOne();
    const change = (assignment: ReturnType<typeof sql>) =>
      sql`update deliveries set ${assignment} where id = ${claimed.id}`.execute(at().server.database.system);
    await expect(change(sql`content = '{}'`)).rejects.toThrow(/frozen/);
    await expect(change(sql`approval_id = gen_random_uuid()`)).rejects.toThrow(/frozen/);
    await intend(intentFor(claimed));
    await expect(change(sql`plan = '{"items": []}'`)).rejects.toThrow(/frozen/);
    await expect(change(sql`due_at = now()`)).rejects.toThrow(/frozen/);
  });

  test("an intent for other bytes than the plan's is refused", async ({ claimOne, intend }) => {
    const claimed = await claimOne();
    await expect(intend(intentFor(claimed, { payloadHash: "0".repeat(64) }))).rejects.toThrow(/stored plan/);
  });

  test("an order that is not what the approval bound is refused", async ({ at }) => {
    const { workspaceId, channelId, approverId } = at().fixture;
    const order = at().server.database.inWorkspace(workspaceId, (transaction) =>
      at().deliveries.request(transaction, {
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

  test("one approval sends a post to a channel once", async ({ at, endAll }) => {
    const { postId, approvalId } = await orderPost(at().fixture, at().deliveries, textVariant("Once"));
    const again = sql`insert into deliveries (workspace_id, id, post_id, channel_id, connector, content, content_hash,
        approval_id, approved_by, approval_binding, approval_hash, due_at, grace_seconds, late_after, wake_at)
      select workspace_id, gen_random_uuid(), post_id, channel_id, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, grace_seconds, late_after, wake_at
      from deliveries where post_id = ${postId} and approval_id = ${approvalId}`;
    await expect(again.execute(at().server.database.system)).rejects.toThrow(/deliveries_once/);
    await endAll();
  });
});

describe("6: deadlines end before leases, and an old fence writes nothing", () => {
  test("an intent whose deadline outlives the lease is refused", async ({ claimOne, intend }) => {
    const claimed = await claimOne();
    await expect(intend(intentFor(claimed, { deadlineMs: 5_000, marginMs: -4_000 }))).rejects.toThrow(
      /lease/,
    );
  });

  test("a worker that slept through its lease changes nothing", async ({
    at,
    claimOne,
    intend,
    settle,
    stateOf,
    endAll,
  }) => {
    const claimed = await claimOne({ leaseMs: 1 });
    await recoverExpired(at().server.database.system);
    const before = await stateOf(claimed);
    expect(before).toEqual({ state: "scheduled", fence: claimed.fence + 1 });
    expect(await intend(intentFor(claimed))).toEqual([false]);
    expect(await settle(claimed, { attempt: null, next: next("rejected") })).toEqual([false]);
    expect(await stateOf(claimed)).toEqual(before);
    await endAll();
  });

  test("settling an attempt past the fence is refused", async ({ at, claimOne, intend }) => {
    const claimed = await claimOne();
    const intent = intentFor(claimed);
    await intend(intent);
    const write = sql`update delivery_attempts set state = 'not_sent', settled_by = 'answer', settled_at = now(),
      settled_fence = ${claimed.fence - 1} where id = ${intent.id}`;
    await expect(write.execute(at().server.database.system)).rejects.toThrow(/fence has moved/);
  });

  test("a claim without a new fence is refused, and a fence never goes back", async ({
    at,
    claimOne,
    endAll,
  }) => {
    const claimed = await claimOne({ leaseMs: 1 });
    await recoverExpired(at().server.database.system);
    const take = sql`update deliveries set state = 'claimed', lease_until = now() where id = ${claimed.id}`;
    await expect(take.execute(at().server.database.system)).rejects.toThrow(/new fence/);
    const back = sql`update deliveries set fence = fence - 1 where id = ${claimed.id}`;
    await expect(back.execute(at().server.database.system)).rejects.toThrow(/never goes back/);
    await endAll();
  });
});

describe("7: a match is not older than the attempt", () => {
  test("in the database", async ({ at, claimOne, intend, settle }) => {
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
        at().server.database.system,
      ),
    ).rejects.toThrow(/a record/);
  });
});

describe("a process that dies", () => {
  test("holding only a claim leaves it where it stood in line, and can do nothing with it if it only seemed dead", async ({
    at,
    claimOne,
    intend,
    stateOf,
    endAll,
  }) => {
    const claimed = await claimOne({ claimant: "dead" });
    const others = await claimOne();
    await at().deliveries.recoverFromDead(["dead"]);
    expect(await stateOf(claimed)).toEqual({ state: "scheduled", fence: claimed.fence + 1 });
    expect(await stateOf(others)).toEqual({ state: "claimed", fence: others.fence });
    const inPlace = sql`select from deliveries where id = ${claimed.id} and wake_at = due_at`;
    expect((await inPlace.execute(at().server.database.system)).rows).toHaveLength(1);
    expect(await intend(intentFor(claimed))).toEqual([false]);
    await endAll();
  });

  test("with an intent keeps the lease of it: the answer may still be written", async ({
    at,
    claimOne,
    intend,
    settle,
    stateOf,
  }) => {
    const claimed = await claimOne({ claimant: "dead" });
    const intent = intentFor(claimed);
    await intend(intent);
    await at().deliveries.recoverFromDead(["dead"]);
    expect(await stateOf(claimed)).toEqual({ state: "in_flight", fence: claimed.fence });
    const undo = { id: intent.id, state: "not_sent" as const, settledBy: "answer" as const };
    expect(await settle(claimed, { attempt: undo, next: next("missed") })).toEqual([true]);
  });

  test("while it reads back leaves that to the next one, and nothing is free to be sent", async ({
    at,
    stateOf,
    ambiguous,
  }) => {
    const { claimed } = await ambiguous();
    await at().deliveries.recoverFromDead(["dead"]);
    expect(await stateOf(claimed)).toMatchObject({ state: "ambiguous" });
  });

  test("after its intent leaves an ambiguous delivery, which is read back before it is sent again", async ({
    at,
    claimOne,
    intend,
    stateOf,
  }) => {
    const claimed = await claimOne({ text: "A sentence of its own" });
    const own = {
      items: plan.items.with(0, { kind: "post", payload: { text: "A sentence of its own", media: [] } }),
    };
    const hashes = hashItems(own);
    const stored = { plan: own, itemHashes: hashes, payloadHash: hashes[0] ?? "" };
    await intend(intentFor(claimed, { ...stored, deadlineMs: 100, marginMs: 100 }));
    await pause(300);
    await recoverExpired(at().server.database.system);
    expect(await stateOf(claimed)).toEqual({ state: "ambiguous", fence: claimed.fence + 1 });
    await sweepUntil(at().deliveries, async () => (await stateOf(claimed)).state === "confirmed");
    const [view] = await at().deliveries.forPost(at().fixture.workspaceId, claimed.postId);
    expect(view?.attempts.map(({ state }) => state)).toEqual(["absent_proven", "confirmed", "confirmed"]);
    expect((await at().platform.journal()).filter(({ text }) => text.startsWith("A sentence"))).toHaveLength(
      1,
    );
  });
});
