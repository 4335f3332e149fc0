import type { Kysely } from "kysely";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import { compileOnly } from "#platform/db";
import type { ChannelRow } from "../model/channels.store.ts";
import { allColumns } from "../model/channels.store.ts";
import type { Ending } from "./expiry.ts";

/** Connected channels whose token ends before a moment, the first to end first. `db` sees all workspaces. */
export async function expiringChannels(
  db: Kysely<Schema>,
  before: Date,
  limit: number,
): Promise<ChannelRow[]> {
  return db
    .selectFrom("channels")
    .select(allColumns)
    .where("status", "=", "connected")
    .where("expires_at", "<", before)
    .orderBy("expires_at")
    .limit(limit)
    .execute();
}

/** Connected channels of all workspaces of which something ends before a moment. */
export async function endingChannels(db: Kysely<Schema>, before: Date): Promise<ChannelRow[]> {
  return db
    .selectFrom("channels")
    .select(allColumns)
    .where("status", "=", "connected")
    .where((eb) => eb.or([eb("expires_at", "<", before), eb("ends_at", "<", before)]))
    .execute();
}

export async function endingApps(db: Kysely<Schema>, before: Date) {
  return db
    .selectFrom("platform_apps")
    .select(["workspace_id as workspaceId", "id", "connector", "secret_ends_at as endsAt"])
    .where("retired_at", "is", null)
    .where("secret_ends_at", "<", before)
    .$narrowType<{ endsAt: Date }>()
    .execute();
}

/** Which workspaces have connected channels on which platform. */
export async function workspacesByConnector(db: Kysely<Schema>) {
  return db
    .selectFrom("channels")
    .select(["workspace_id as workspaceId", "connector"])
    .where("status", "=", "connected")
    .distinct()
    .execute();
}

export type NewWarning = Ending & {
  workspaceId: string;
  connector: string;
  channelId: string | null;
  days: number;
};

/** The id of the warning; undefined where the same one stands already, or a closer one. */
export async function insertWarning(
  db: Kysely<Schema>,
  warning: NewWarning,
  at: Date,
): Promise<string | undefined> {
  const made = await db
    .insertInto("expiry_warnings")
    .values({
      workspace_id: warning.workspaceId,
      id: newId(),
      connector: warning.connector,
      subject: warning.subject,
      subject_key: warning.key,
      channel_id: warning.channelId,
      ends_at: warning.endsAt,
      days: warning.days,
      created_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return made?.id;
}

/**
 * The warnings that still hold: of each thing the closest one, unless it was dismissed, it was renewed
 * meanwhile, or its channel is connected no more.
 */
export function standingWarningsQuery(workspaceId: string) {
  return compileOnly
    .selectFrom("expiry_warnings as warning")
    .leftJoin("channels as channel", (join) =>
      join
        .onRef("channel.workspace_id", "=", "warning.workspace_id")
        .onRef("channel.id", "=", "warning.channel_id"),
    )
    .leftJoin("platform_apps as app", (join) =>
      join
        .onRef("app.workspace_id", "=", "warning.workspace_id")
        .on((eb) => eb(eb.cast<string>("app.id", "text"), "=", eb.ref("warning.subject_key"))),
    )
    .select([
      "warning.id",
      "warning.connector",
      "warning.subject",
      "warning.subject_key as key",
      "warning.channel_id as channelId",
      "channel.handle",
      "warning.ends_at as endsAt",
      "warning.days",
      "warning.dismissed_at as dismissedAt",
    ])
    .distinctOn(["warning.subject", "warning.subject_key"])
    .where("warning.workspace_id", "=", workspaceId)
    .where((eb) =>
      eb.or([
        eb.and([
          eb("warning.subject", "=", "consent"),
          eb("channel.status", "=", "connected"),
          eb("channel.ends_at", "=", eb.ref("warning.ends_at")),
        ]),
        eb.and([
          eb("warning.subject", "=", "access"),
          eb("channel.status", "=", "connected"),
          eb("channel.expires_at", "=", eb.ref("warning.ends_at")),
        ]),
        eb.and([
          eb("warning.subject", "=", "secret"),
          eb("app.retired_at", "is", null),
          eb("app.secret_ends_at", "=", eb.ref("warning.ends_at")),
        ]),
        eb("warning.subject", "=", "api_version"),
      ]),
    )
    .orderBy("warning.subject")
    .orderBy("warning.subject_key")
    .orderBy("warning.ends_at", "desc")
    .orderBy("warning.days")
    .compile();
}

/** False where the workspace has no such warning. */
export async function dismissWarning(
  db: Kysely<Schema>,
  workspaceId: string,
  id: string,
  at: Date,
): Promise<boolean> {
  const changed = await db
    .updateTable("expiry_warnings")
    .set((eb) => ({ dismissed_at: eb.fn.coalesce("dismissed_at", eb.val(at)) }))
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
