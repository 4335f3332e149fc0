import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";

export type KeyOwner = { workspaceId: string; userId: string; key: string };

/** Takes the key for a first request; false where it is taken. */
export async function insertKey(
  tx: Kysely<Schema>,
  owner: KeyOwner,
  request: { route: string; hash: string; lockedUntil: Date },
): Promise<boolean> {
  const result = await tx
    .insertInto("idempotency_keys")
    .values({
      workspace_id: owner.workspaceId,
      user_id: owner.userId,
      key: owner.key,
      route: request.route,
      request_hash: request.hash,
      locked_until: request.lockedUntil,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function findKey(tx: Kysely<Schema>, owner: KeyOwner) {
  const row = await tx
    .selectFrom("idempotency_keys")
    .select(["route", "request_hash", "status", "response", "locked_until"])
    .where("workspace_id", "=", owner.workspaceId)
    .where("user_id", "=", owner.userId)
    .where("key", "=", owner.key)
    .executeTakeFirst();
  return row ?? null;
}

/** Keeps the answer for later requests with the same key; `response` is JSON text. */
export async function keepAnswer(
  tx: Kysely<Schema>,
  owner: KeyOwner,
  answer: { status: number; response: string },
): Promise<void> {
  await tx
    .updateTable("idempotency_keys")
    .set(answer)
    .where("workspace_id", "=", owner.workspaceId)
    .where("user_id", "=", owner.userId)
    .where("key", "=", owner.key)
    .execute();
}

/** Gives the key back: nothing was created under it. */
export async function deleteKey(tx: Kysely<Schema>, owner: KeyOwner): Promise<void> {
  await tx
    .deleteFrom("idempotency_keys")
    .where("workspace_id", "=", owner.workspaceId)
    .where("user_id", "=", owner.userId)
    .where("key", "=", owner.key)
    .execute();
}

export async function deleteKeysBefore(db: Kysely<Schema>, before: Date): Promise<void> {
  await db.deleteFrom("idempotency_keys").where("created_at", "<", before).execute();
}
