import { type Kysely, sql } from "kysely";
import { knownLanguage, type Language } from "#kit";
import type { Schema } from "#platform/db";

/** One thing that one person is told. */
export type Notice = { id: string } & (
  | {
      kind: "needs_human" | "needs_reconnect" | "missed" | "rejected" | "partly" | "second_copy";
      postId: string;
      title: string;
      connector: string;
      handle: string;
      /** What the platform or Galley said about it, in words. */
      reason: string | null;
      /** Posts on the platform that it is about. */
      addresses: string[];
      /** Of a second copy: the post that Galley knows of is live as well. */
      isTwice: boolean;
    }
  | {
      kind: "expiry";
      subject: string;
      connector: string;
      /** Null where it is about an app of the platform, not about one channel. */
      handle: string | null;
      endsAt: Date;
    }
);

export type Recipient = { userId: string; email: string; language: Language; workspaceName: string };

/** Rows for those who can do something about these posts and do not know yet; the number of new rows. */
export async function insertForPosts(
  db: Kysely<Schema>,
  workspaceId: string,
  postIds: readonly string[],
): Promise<number> {
  const result = await sql`
    insert into notifications (workspace_id, id, user_id, kind, delivery_id)
    select d.workspace_id, gen_random_uuid(), m.user_id, d.state, d.id
    from deliveries d
    join posts p on p.workspace_id = d.workspace_id and p.id = d.post_id
    join members m on m.workspace_id = d.workspace_id
      and (m.role in ('owner', 'admin') or m.user_id = p.created_by)
    where d.workspace_id = ${workspaceId} and d.post_id = any(${postIds}::uuid[])
      and (d.state in ('needs_human', 'needs_reconnect', 'missed', 'rejected')
        -- Left as it is by a person, it is no news; ended by a platform's refusals, it is.
        or d.state = 'partly' and d.error_code = 'delivery.recipients_refused')
    on conflict do nothing`.execute(db);
  const copies = await sql`
    insert into notifications (workspace_id, id, user_id, kind, delivery_id, copy_id)
    select d.workspace_id, gen_random_uuid(), m.user_id, 'second_copy', d.id, s.id
    from deliveries d
    join delivery_second_copies s on s.workspace_id = d.workspace_id and s.delivery_id = d.id
      and s.acknowledged_at is null
    join posts p on p.workspace_id = d.workspace_id and p.id = d.post_id
    join members m on m.workspace_id = d.workspace_id
      and (m.role in ('owner', 'admin') or m.user_id = p.created_by)
    where d.workspace_id = ${workspaceId} and d.post_id = any(${postIds}::uuid[])
    on conflict do nothing`.execute(db);
  return Number((result.numAffectedRows ?? 0n) + (copies.numAffectedRows ?? 0n));
}

export async function insertForWarning(
  db: Kysely<Schema>,
  workspaceId: string,
  warningId: string,
): Promise<number> {
  const result = await sql`
    insert into notifications (workspace_id, id, user_id, kind, warning_id)
    select m.workspace_id, gen_random_uuid(), m.user_id, 'expiry', w.id
    from expiry_warnings w
    join members m on m.workspace_id = w.workspace_id and m.role in ('owner', 'admin')
    where w.workspace_id = ${workspaceId} and w.id = ${warningId}
    on conflict do nothing`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}

/**
 * Forgets what needs nobody any more, or a person who has left. Should a delivery come to that state
 * again, people are told then.
 */
export async function deleteSettled(db: Kysely<Schema>, workspaceId: string): Promise<void> {
  await sql`
    delete from notifications n
    where n.workspace_id = ${workspaceId} and n.mailed_at is null
      and (not exists (select from members m where m.workspace_id = n.workspace_id and m.user_id = n.user_id)
        or exists (select from deliveries d
          where d.workspace_id = n.workspace_id and d.id = n.delivery_id and d.state <> n.kind and n.copy_id is null)
        or exists (select from delivery_second_copies s
          where s.workspace_id = n.workspace_id and s.id = n.copy_id and s.acknowledged_at is not null)
        or exists (select from expiry_warnings w
          where w.workspace_id = n.workspace_id and w.id = n.warning_id
            and (w.dismissed_at is not null or w.ends_at <= clock_timestamp())))`.execute(db);
}

/** Whom something waits for. */
export async function waitingPeople(db: Kysely<Schema>, workspaceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("notifications")
    .select("user_id")
    .distinct()
    .where("workspace_id", "=", workspaceId)
    .where("mailed_at", "is", null)
    .orderBy("user_id")
    .execute();
  return rows.map((row) => row.user_id);
}

/** All that waits for one person; null where nothing does. `db` sees all workspaces: only that role reads addresses. */
export async function waitingFor(
  db: Kysely<Schema>,
  workspaceId: string,
  userId: string,
): Promise<{ recipient: Recipient; notices: Notice[] } | null> {
  const rows = await db
    .selectFrom("notifications")
    .select("id")
    .where("workspace_id", "=", workspaceId)
    .where("user_id", "=", userId)
    .where("mailed_at", "is", null)
    .execute();
  if (rows.length === 0) return null;
  const { language, ...recipient } = await db
    .selectFrom("users")
    .innerJoin("workspaces", (join) => join.on("workspaces.id", "=", workspaceId))
    .select(["users.id as userId", "users.email", "workspaces.name as workspaceName"])
    .select((row) => row.fn.coalesce("users.language", "users.browser_language").as("language"))
    .where("users.id", "=", userId)
    .executeTakeFirstOrThrow();
  return {
    recipient: { ...recipient, language: knownLanguage(language) ?? "en" },
    notices: await noticesOf(
      db,
      workspaceId,
      rows.map(({ id }) => id),
    ),
  };
}

async function noticesOf(db: Kysely<Schema>, workspaceId: string, ids: string[]): Promise<Notice[]> {
  const { rows } = await sql<Notice>`
    select n.id, n.kind, d.post_id as "postId", w.subject,
      case when n.kind = 'needs_human' then coalesce(a.doubt ->> 'message', d.error_message)
        when n.kind <> 'second_copy' then d.error_message end as reason,
      case when n.kind = 'needs_human' then array(
          select post ->> 'url' from jsonb_array_elements(a.doubt -> 'seen') as post where post ->> 'url' is not null)
        else array_remove(array[a.external_url, s.external_url], null) end as addresses,
      s.id is not null and a.delivery_id is not null as "isTwice", w.ends_at as "endsAt",
      coalesce(nullif(p.title, ''), nullif(p.excerpt, ''), 'Untitled post') as title,
      coalesce(d.connector, w.connector) as connector, c.handle
    from notifications n
    left join deliveries d on d.workspace_id = n.workspace_id and d.id = n.delivery_id
    left join delivery_second_copies s on s.workspace_id = n.workspace_id and s.id = n.copy_id
    -- The one that is asked about, or that the copy is a copy of.
    left join delivery_attempts a on a.delivery_id = n.delivery_id
      and (n.kind = 'needs_human' and a.state = 'ambiguous' or a.item = s.item and a.state = 'confirmed')
    left join posts p on p.workspace_id = n.workspace_id and p.id = d.post_id
    left join expiry_warnings w on w.workspace_id = n.workspace_id and w.id = n.warning_id
    left join channels c on c.workspace_id = n.workspace_id and c.id = coalesce(d.channel_id, w.channel_id)
    where n.workspace_id = ${workspaceId} and n.id = any(${ids}::uuid[])
    order by n.created_at, n.id`.execute(db);
  return rows;
}

export async function markMailed(
  db: Kysely<Schema>,
  workspaceId: string,
  ids: readonly string[],
): Promise<void> {
  await db
    .updateTable("notifications")
    .set({ mailed_at: sql`clock_timestamp()` })
    .where("workspace_id", "=", workspaceId)
    .where("id", "in", ids)
    .execute();
}
