import { CompiledQuery } from "kysely";
import type { Actor } from "#kit";
import { decodeIdCursor, decodeTimeIdCursor } from "#platform/wire";
import type { DeskDeps } from "../deps.ts";
import { type Editor, type EditorRow, editorsOf, editorsOfPost } from "../model/editors.read.ts";
import { pageOfRows } from "../model/page.ts";
import type { PostStatus, Schedule } from "../model/post.ts";
import { selfAuthoredInReview } from "../model/self-authored.read.ts";
import { type ScheduleColumns, scheduleOf } from "../posts/load.read.ts";
import { type Leniency, findPosts, searchCondition } from "./posts.search.read.ts";

export type PostFilter = {
  statuses: PostStatus[];
  /** Words in the title or the first lines. */
  search: string | null;
  /** Scheduled at or after, and before. */
  from: Date | null;
  to: Date | null;
  cursor: string | null;
  limit: number;
  /** Who looks: `ownWords` is about them, and false without. */
  viewerId?: string;
  /** Only what was published, what went out last first; such a list has one page. */
  lastPublished?: boolean;
};

export type PostSummary = {
  id: string;
  title: string;
  status: PostStatus;
  excerpt: string;
  channels: { channelId: string; connector: string; handle: string }[];
  scheduled: Schedule | null;
  version: number;
  author: { name: string | null; kind: "person" | "agent" };
  /** Who changed it since it was first written. */
  changedBy: Editor[];
  /** The series that this post is an occurrence of. */
  seriesId: string | null;
  /** In review, and not for this person to approve: they wrote part of it, and the workspace asks for somebody else. */
  ownWords: boolean;
  createdAt: Date;
  updatedAt: Date;
};

type Row = ScheduleColumns & {
  id: string;
  title: string;
  status: PostStatus;
  excerpt: string;
  channels: PostSummary["channels"];
  version: number;
  author_kind: "person" | "agent";
  author_name: string | null;
  changed_by: EditorRow[];
  series_id: string | null;
  own_words: boolean;
  created_at: Date;
  updated_at: Date;
};

/**
 * A page of posts in one round trip, in a few where words are searched: newest first, or by their time when a span of time is asked for.
 * Removed posts are left out.
 */
export async function listPosts(
  deps: Pick<DeskDeps, "database" | "clock">,
  workspaceId: string,
  filter: PostFilter,
): Promise<{ items: PostSummary[]; next: string | null }> {
  const rows = await findRows(deps, workspaceId, filter);
  const { items, next } = pageOfRows(rows, filter.limit, (row) =>
    byTime(filter) ? [row.scheduled_at?.toISOString() ?? "", row.id] : [row.id],
  );
  return { next, items: items.map(summaryOf) };
}

/** These posts, as a list shows them; those that are gone are left out. */
export async function postsByIds(
  { database, clock }: Pick<DeskDeps, "database" | "clock">,
  { workspaceId, userId: viewerId }: Actor,
  ids: string[],
): Promise<PostSummary[]> {
  if (ids.length === 0) return [];
  const filter = {
    statuses: [],
    search: null,
    from: null,
    to: null,
    cursor: null,
    limit: ids.length,
    viewerId,
  };
  const rows = await database.read(
    workspaceId,
    listQuery(workspaceId, filter, { within: { ids }, now: clock.now() }),
  );
  return rows.map(summaryOf);
}

function summaryOf(row: Row): PostSummary {
  return {
    id: row.id,
    title: row.title,
    status: row.status,
    excerpt: row.excerpt,
    channels: row.channels,
    scheduled: scheduleOf(row),
    version: row.version,
    author: { name: row.author_name, kind: row.author_kind },
    changedBy: editorsOf(row.changed_by),
    seriesId: row.series_id,
    ownWords: row.own_words,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What holds the words in one of their forms; where nothing does, what holds them but for a slip of the finger. */
async function findRows(
  deps: Pick<DeskDeps, "database" | "clock">,
  workspaceId: string,
  filter: PostFilter,
): Promise<Row[]> {
  const { database, clock } = deps;
  const now = clock.now();
  if (filter.search === null) {
    return database.read(workspaceId, listQuery(workspaceId, filter, { within: "all", now }));
  }
  const rows = await searchRows(deps, workspaceId, { ...filter, search: filter.search }, "forms");
  return rows.length > 0
    ? rows
    : searchRows(deps, workspaceId, { ...filter, search: filter.search }, "slips");
}

/**
 * Words that are common stand in the newest posts, so those are looked at first: naming every post that holds them
 * would take longer. Rare ones are found by the indexes of words.
 */
async function searchRows(
  { database, clock }: Pick<DeskDeps, "database" | "clock">,
  workspaceId: string,
  filter: PostFilter & { search: string },
  leniency: Leniency,
): Promise<Row[]> {
  const now = clock.now();
  const ask = (within: Within) =>
    database.read(workspaceId, listQuery(workspaceId, filter, { within, now, leniency }));
  const among = await ask("first");
  if (among.length > filter.limit) return among;
  const ids = await findPosts(database, workspaceId, { search: filter.search, leniency });
  return ask(ids ? { ids } : "all");
}

/** Which posts are looked at for words: all, the first ones in their order, or those that the index has named. */
type Within = "all" | "first" | { ids: string[] };

/** As many as are looked at in the time that the index takes. */
const firstOnes = 1000;

function byTime(filter: PostFilter): boolean {
  return filter.from !== null || filter.to !== null;
}

/** The page that the dashboard asks for. Its size stands in the text, so that the server keeps one plan for it. */
const ordinaryLimit = 20;

/**
 * The busiest query of the desk, as text: building it from parts took longer than the rest of the
 * request. Only constants and numbers of placeholders get into the text; every value is bound.
 */
function listQuery(
  workspaceId: string,
  filter: PostFilter,
  { within, now, leniency = "forms" }: { within: Within; now: Date; leniency?: Leniency },
): CompiledQuery<Row> {
  const values: unknown[] = [];
  function bind(value: unknown, type: string): string {
    return `$${values.push(value)}::${type}`;
  }
  const time = bind(now, "timestamptz");
  const conditions = [
    `p.workspace_id = ${bind(workspaceId, "uuid")}`,
    "p.deleted_at is null",
    "p.kind = 'post'",
  ];
  if (filter.statuses.length > 0) {
    const plain = filter.statuses.filter((status) => status !== "scheduled");
    const due = filter.statuses.includes("publishing");
    const waiting = filter.statuses.includes("scheduled");
    // Compared with the stored state, so that its index serves.
    const ways = [`p.status = any(${bind(plain, "text[]")})`];
    if (due) ways.push(`(p.status = 'scheduled' and p.scheduled_at <= ${time})`);
    if (waiting) ways.push(`(p.status = 'scheduled' and p.scheduled_at > ${time})`);
    conditions.push(`(${ways.join(" or ")})`);
  }
  // As text, so that the index of just these serves whatever plan is kept.
  if (filter.lastPublished) conditions.push("p.status in ('published', 'partly')");
  if (filter.from) conditions.push(`p.scheduled_at >= ${bind(filter.from, "timestamptz")}`);
  if (filter.to) conditions.push(`p.scheduled_at < ${bind(filter.to, "timestamptz")}`);
  if (byTime(filter)) conditions.push("p.scheduled_at is not null");
  if (filter.cursor && byTime(filter)) {
    const [at, id] = decodeTimeIdCursor(filter.cursor);
    conditions.push(`(p.scheduled_at, p.id) > (${bind(at, "timestamptz")}, ${bind(id, "uuid")})`);
  } else if (filter.cursor) {
    conditions.push(`p.id < ${bind(decodeIdCursor(filter.cursor), "uuid")}`);
  }
  if (typeof within === "object") conditions.push(`p.id = any(${bind(within.ids, "uuid[]")})`);
  // One row more than the page holds, to know whether another follows.
  const limit = filter.limit === ordinaryLimit ? ordinaryLimit + 1 : bind(filter.limit + 1, "bigint");
  const order = orderOf(filter);
  const holds = filter.search === null ? "true" : holdsWords(filter.search, leniency, { workspaceId, bind });
  const chosen = `posts p where ${conditions.join(" and ")}`;
  const from =
    within === "first"
      ? `(select p.* from ${chosen} order by ${order} limit ${firstOnes}) p where ${holds}`
      : `${chosen} and ${holds}`;
  const viewer = filter.viewerId === undefined ? null : bind(filter.viewerId, "uuid");
  // A scheduled post whose moment has come is being published, also before its first delivery has ended.
  // Names and channels are looked up for the rows of the page alone.
  const text = `
    select p.id, p.title, p.excerpt, p.scheduled_wall, p.scheduled_zone, p.scheduled_rule, p.scheduled_at,
      p.version, p.author_kind, p.created_at, p.updated_at,
      (select o.series_id from series_occurrences o where o.post_id = p.id) as series_id,
      (select u.name from users u where u.id = p.created_by) as author_name,
      ${editorsOfPost} as changed_by,
      ${viewer === null ? "false" : selfAuthoredInReview(viewer)} as own_words,
      case when p.status = 'scheduled' and p.scheduled_at <= ${time} then 'publishing' else p.status end as status,
      coalesce((
        select json_agg(json_build_object('channelId', c.id, 'connector', c.connector, 'handle', c.handle)
          order by array_position(p.channel_ids, c.id))
        from channels c where c.workspace_id = p.workspace_id and c.id = any(p.channel_ids)), '[]') as channels
    from ${from}
    order by ${order} limit ${limit}`;
  return CompiledQuery.raw(text, values);
}

/** Whether a row `p` of `posts` holds what is searched. */
function holdsWords(
  search: string,
  leniency: Leniency,
  { workspaceId, bind }: { workspaceId: string; bind: (value: unknown, type: string) => string },
): string {
  let bound: string | null = null;
  const workspace = () => (bound ??= bind(workspaceId, "uuid"));
  const { text } = searchCondition(search, leniency, { workspace, bind });
  return `exists (select from post_search s where s.workspace_id = p.workspace_id and s.post_id = p.id and ${text})`;
}

function orderOf(filter: PostFilter): string {
  if (byTime(filter)) return "p.scheduled_at, p.id";
  return filter.lastPublished ? "p.updated_at desc, p.id desc" : "p.id desc";
}
