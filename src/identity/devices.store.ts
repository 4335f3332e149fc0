import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";

export async function findDevice(
  db: Kysely<Schema>,
  { userId, tokenHash, usedAfter }: { userId: string; tokenHash: string; usedAfter: Date },
): Promise<{ id: string } | null> {
  const row = await db
    .selectFrom("known_devices")
    .select("id")
    .where("token_hash", "=", tokenHash)
    .where("user_id", "=", userId)
    .where("used_at", ">", usedAfter)
    .executeTakeFirst();
  return row ?? null;
}

export async function insertDevice(
  db: Kysely<Schema>,
  device: { id: string; userId: string; tokenHash: string; userAgent: string; now: Date },
): Promise<void> {
  await db
    .insertInto("known_devices")
    .values({
      id: device.id,
      user_id: device.userId,
      token_hash: device.tokenHash,
      user_agent: device.userAgent,
      created_at: device.now,
      used_at: device.now,
    })
    .execute();
}

export async function touchDevice(db: Kysely<Schema>, id: string, now: Date): Promise<void> {
  await db.updateTable("known_devices").set({ used_at: now }).where("id", "=", id).execute();
}

/** The devices of a user, last used first. */
export function listDevices(db: Kysely<Schema>, userId: string, usedAfter: Date) {
  return db
    .selectFrom("known_devices")
    .select(["id", "user_agent", "created_at", "used_at"])
    .where("user_id", "=", userId)
    .where("used_at", ">", usedAfter)
    .orderBy("used_at", "desc")
    .execute();
}

/** False where the user has no such device. */
export async function deleteDevice(db: Kysely<Schema>, userId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom("known_devices")
    .where("user_id", "=", userId)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** All but one, or with null all of them. */
export async function deleteOtherDevices(
  db: Kysely<Schema>,
  userId: string,
  except: string | null,
): Promise<void> {
  const query = db.deleteFrom("known_devices").where("user_id", "=", userId);
  await (except === null ? query : query.where("id", "<>", except)).execute();
}

export async function deleteUnusedDevices(db: Kysely<Schema>, usedBefore: Date): Promise<void> {
  await db.deleteFrom("known_devices").where("used_at", "<=", usedBefore).execute();
}
