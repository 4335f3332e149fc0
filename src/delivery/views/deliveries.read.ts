import { type RawBuilder, sql } from "kysely";
import type { RecipientAnswer } from "#connectors";
import { webAddress } from "#kit";
import { compileOnly, type Database } from "#platform/db";
import { restored } from "../model/codes.ts";
import type { Doubt } from "../model/doubt.ts";
import type { AttemptState, DeliveryState } from "../model/state.ts";
import { isDuplicate } from "../model/verdicts.ts";
import { hasOpenCopy, secondCopiesOf, type SecondCopyView } from "./second-copies.read.ts";

/** A delivery with its timeline, as people see it. Instants are ISO text. */
export type DeliveryView = {
  id: string;
  postId: string;
  /** Empty where the post was deleted. */
  postTitle: string;
  channel: { id: string; connector: string; handle: string; displayName: string };
  state: DeliveryState;
  dueAt: string;
  wakeAt: string;
  /** Empty until the first item is prepared. */
  items: { index: number; kind: "post" | "reply" | "comment"; state: "waiting" | AttemptState }[];
  /** Oldest first. */
  attempts: AttemptView[];
  /** Something of it may be live that Galley does not know of, so that sending it again may make a second copy. */
  mayBeLive: boolean;
  externalUrl: string | null;
  /** Why it is held back although nothing has failed; null where it is not. */
  waiting: { code: string; message: string } | null;
  error: { code: string; message: string } | null;
  secondCopies: SecondCopyView[];
};

export type AttemptView = {
  item: number;
  number: number;
  state: AttemptState;
  intentAt: string;
  settledAt: string | null;
  settledBy: "answer" | "located" | "person" | null;
  /** How often the platform was read back for it, and when the last list was asked for. */
  looks: number;
  lookedAt: string | null;
  /** Why no look has proven anything yet; null once it is settled. */
  doubt: Doubt | null;
  externalUrl: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  refused: RecipientAnswer[];
  deferred: RecipientAnswer[];
};

type ViewRow = {
  id: string;
  postId: string;
  postTitle: string;
  channelId: string;
  connector: string;
  handle: string;
  displayName: string;
  state: DeliveryState;
  dueAt: Date;
  wakeAt: Date;
  kinds: ("post" | "reply" | "comment")[] | null;
  externalUrl: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  channelPaused: boolean;
  channelConnected: boolean;
  workspacePaused: boolean;
  attempts: AttemptView[];
  secondCopies: SecondCopyView[];
};

function selectViews(condition: RawBuilder<unknown>, limit: number) {
  return sql<ViewRow>`
    select d.id, d.post_id as "postId",
      coalesce((select p.title from posts p where p.workspace_id = d.workspace_id and p.id = d.post_id), '') as "postTitle",
      d.channel_id as "channelId", d.connector, c.handle,
      c.display_name as "displayName", d.state, d.due_at as "dueAt", d.wake_at as "wakeAt",
      jsonb_path_query_array(d.plan, '$.items[*].kind') as kinds,
      c.paused_at is not null as "channelPaused", c.status = 'connected' as "channelConnected", w.paused_at is not null as "workspacePaused",
      d.external_url as "externalUrl", d.error_code as "errorCode", d.error_message as "errorMessage",
      coalesce((
        select jsonb_agg(jsonb_build_object('item', a.item, 'number', a.number, 'state', a.state,
          'intentAt', a.intent_at, 'settledAt', a.settled_at, 'settledBy', a.settled_by,
          'looks', a.looks, 'lookedAt', a.looked_at, 'doubt', case when a.state = 'ambiguous' then a.doubt end,
          'externalUrl', a.external_url, 'errorCode', a.error_code, 'errorMessage', a.error_message,
          'refused', a.refused, 'deferred', a.deferred)
          order by a.intent_at, a.item)
        from delivery_attempts a where a.workspace_id = d.workspace_id and a.delivery_id = d.id), '[]') as attempts,
      ${secondCopiesOf} as "secondCopies"
    from deliveries d
    join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
    join workspaces w on w.id = d.workspace_id
    where ${condition}
    order by d.id desc
    limit ${limit}`.compile(compileOnly);
}

function waitingFor(row: ViewRow): DeliveryView["waiting"] {
  if (row.state !== "scheduled") return null;
  if (row.workspacePaused) {
    return { code: "delivery.workspace_paused", message: "The workspace is paused; nothing is sent." };
  }
  if (row.channelPaused) {
    return { code: "delivery.channel_paused", message: "The channel is paused; resume it to go on." };
  }
  // Told before it is due, while there is time to do something about it.
  if (!row.channelConnected) {
    const message =
      "The channel is not connected. Connect it again, or move the post to another channel; else it waits when it is due.";
    return { code: "delivery.channel_away", message };
  }
  const { errorCode: code, errorMessage: message } = row;
  if (code !== "delivery.quota" && code !== "delivery.throttled") return null;
  return { code, message: message ?? "It waits for the platform." };
}

/**
 * What is on its way or whose answer was lost, what a person said to be absent, what the platform refused as one
 * that it has already, what came up after its absence was believed, and what a lost history may have sent and nobody could
 * look up. An item that is live since is not sent again.
 */
function mayBeLive(row: ViewRow): boolean {
  const { attempts, secondCopies: copies } = row;
  const live = new Set(
    attempts.filter(({ state }) => state === "confirmed" || state === "partly").map(({ item }) => item),
  );
  const cameUp = copies.some(({ item, acknowledgedAt }) => acknowledgedAt === null && !live.has(item));
  const isUnknowable = row.state === "missed" && row.errorCode === restored;
  return (
    cameUp ||
    isUnknowable ||
    attempts.some(({ item, state, settledBy, errorCode }) => {
      if (live.has(item)) return false;
      const byWord = state === "absent_proven" && settledBy === "person";
      return state === "open" || state === "ambiguous" || byWord || isDuplicate(errorCode);
    })
  );
}

function isoOrNull(moment: string | null): string | null {
  return moment === null ? null : new Date(moment).toISOString();
}

function toView(row: ViewRow): DeliveryView {
  const attempts = row.attempts.map((attempt) => ({
    ...attempt,
    intentAt: new Date(attempt.intentAt).toISOString(),
    settledAt: isoOrNull(attempt.settledAt),
    lookedAt: isoOrNull(attempt.lookedAt),
  }));
  return {
    id: row.id,
    postId: row.postId,
    postTitle: row.postTitle,
    channel: {
      id: row.channelId,
      connector: row.connector,
      handle: row.handle,
      displayName: row.displayName,
    },
    state: row.state,
    dueAt: row.dueAt.toISOString(),
    wakeAt: row.wakeAt.toISOString(),
    items: (row.kinds ?? []).map((kind, index) => ({
      index,
      kind,
      state: attempts.findLast((attempt) => attempt.item === index)?.state ?? "waiting",
    })),
    attempts,
    mayBeLive: mayBeLive(row),
    externalUrl: row.externalUrl,
    waiting: waitingFor(row),
    error:
      row.errorCode === null
        ? null
        : { code: row.errorCode, message: row.errorMessage ?? "No more is known." },
    secondCopies: row.secondCopies.map((copy) => ({
      ...copy,
      ownUrl: webAddress(copy.ownUrl),
      createdAt: new Date(copy.createdAt).toISOString(),
      foundAt: new Date(copy.foundAt).toISOString(),
      acknowledgedAt: isoOrNull(copy.acknowledgedAt),
    })),
  };
}

/** The deliveries of one post, newest first; empty for a post of another workspace. */
export async function deliveriesOfPost(
  database: Database,
  workspaceId: string,
  postId: string,
): Promise<DeliveryView[]> {
  const condition = sql`d.workspace_id = ${workspaceId} and d.post_id = ${postId}`;
  return (await database.read(workspaceId, selectViews(condition, 500))).map(toView);
}

/** The deliveries of a workspace that have these ids, newest first. */
export async function deliveriesByIds(
  database: Database,
  workspaceId: string,
  ids: readonly string[],
): Promise<DeliveryView[]> {
  if (ids.length === 0) return [];
  const condition = sql`d.workspace_id = ${workspaceId} and d.id = any(${ids}::uuid[])`;
  return (await database.read(workspaceId, selectViews(condition, ids.length))).map(toView);
}

/**
 * Deliveries in the given states, or those of which a second copy is out, newest first; `before` is the id that the
 * page before ended with.
 */
export async function deliveriesInStates(
  database: Database,
  workspaceId: string,
  query: { states: readonly DeliveryState[] | "second_copy"; limit: number; before: string | null },
): Promise<DeliveryView[]> {
  const isMeant = query.states === "second_copy" ? hasOpenCopy : sql`d.state = any(${query.states}::text[])`;
  const condition = sql`d.workspace_id = ${workspaceId} and ${isMeant}
    and (${query.before}::uuid is null or d.id < ${query.before}::uuid)`;
  return (await database.read(workspaceId, selectViews(condition, query.limit))).map(toView);
}

/** One delivery; null where it is not in this workspace. */
export async function findDelivery(
  database: Database,
  workspaceId: string,
  id: string,
): Promise<DeliveryView | null> {
  const condition = sql`d.workspace_id = ${workspaceId} and d.id = ${id}`;
  const rows = await database.read(workspaceId, selectViews(condition, 1));
  return rows[0] ? toView(rows[0]) : null;
}

/** What waits to go out on a channel, and when the first of it is due. */
export async function waitingOnChannel(
  database: Database,
  workspaceId: string,
  channelId: string,
): Promise<{ scheduled: number; nextAt: Date | null }> {
  const query = compileOnly
    .selectFrom("deliveries")
    .select((eb) => [eb.fn.countAll<number>().as("scheduled"), eb.fn.min("due_at").as("nextAt")])
    .where("workspace_id", "=", workspaceId)
    .where("channel_id", "=", channelId)
    .where("state", "in", ["scheduled", "claimed", "needs_reconnect"])
    .compile();
  const [found] = await database.read(workspaceId, query);
  return { scheduled: found?.scheduled ?? 0, nextAt: found?.nextAt ?? null };
}
