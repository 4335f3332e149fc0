import { CompiledQuery } from "kysely";
import type { DeskDeps } from "../deps.ts";
import type { PostStatus } from "../model/post.ts";
import { selfAuthoredInReview } from "../model/self-authored.read.ts";
import { type PostFilter, type PostSummary, listPosts } from "./posts.list.read.ts";

/** What stands in a workspace, counted over all of its posts; of each kind the first few. */
export type Overview = {
  /** Every state that at least one post is in. */
  states: PostStatus[];
  /** No more than ten posts: the workspace has only begun. */
  beginning: boolean;
  /** In review, the newest first. `forYou` leaves out what the viewer may not approve. */
  waiting: { count: number; forYou: number; items: PostSummary[] };
  /** Scheduled or on its way, what goes out first at the top. */
  upcoming: { count: number; items: PostSummary[] };
  /** Published, the last at the top. */
  recent: PostSummary[];
  /** The newest that is approved and has no time yet, and the newest of all. */
  approved: PostSummary | null;
  newest: PostSummary | null;
};

const shown = 5;
const begun = 10;

/** One answer for Home and for the counts of the navigation, so that they cannot differ. */
export async function readOverview(
  deps: Pick<DeskDeps, "database" | "clock">,
  workspaceId: string,
  viewerId: string,
): Promise<Overview> {
  const ask = async (filter: Partial<PostFilter>, limit = shown): Promise<PostSummary[]> => {
    const whole = { statuses: [], search: null, from: null, to: null, cursor: null, viewerId };
    return (await listPosts(deps, workspaceId, { ...whole, limit, ...filter })).items;
  };
  const [[counts], waiting, upcoming, recent, [approved], [newest]] = await Promise.all([
    deps.database.read(workspaceId, countQuery(workspaceId, viewerId)),
    ask({ statuses: ["in_review"] }),
    // From the beginning of time: by their time, what is due first.
    ask({ statuses: ["scheduled", "publishing"], from: new Date(0) }),
    ask({ lastPublished: true }),
    ask({ statuses: ["approved"] }, 1),
    ask({}, 1),
  ]);
  return {
    states: counts?.states ?? [],
    beginning: (counts?.posts ?? 0) <= begun,
    waiting: { count: counts?.waiting ?? 0, forYou: counts?.for_you ?? 0, items: waiting },
    upcoming: { count: counts?.upcoming ?? 0, items: upcoming },
    recent,
    approved: approved ?? null,
    newest: newest ?? null,
  };
}

type Counts = { states: PostStatus[]; posts: number; waiting: number; for_you: number; upcoming: number };

/** Counts what people work through, which stays few; of all posts only whether there are more than ten. */
function countQuery(workspaceId: string, viewerId: string): CompiledQuery<Counts> {
  const text = `
    with own as (select p.* from posts p
      where p.workspace_id = $1::uuid and p.deleted_at is null and p.kind = 'post')
    select
      (select count(*)::int from (select from own limit ${begun + 1}) few) as posts,
      (select coalesce(array_agg(s.status), '{}')
        from unnest(array['draft', 'in_review', 'approved', 'scheduled', 'waiting_for_channel', 'published',
          'partly', 'failed', 'missed', 'cancelled']) s (status)
        where exists (select from own p where p.status = s.status)) as states,
      (select count(*)::int from own p where p.status = 'in_review') as waiting,
      (select count(*)::int from own p where p.status = 'in_review' and not (${selfAuthoredInReview("$2::uuid")})) as for_you,
      (select count(*)::int from own p where p.status = 'scheduled') as upcoming`;
  return CompiledQuery.raw(text, [workspaceId, viewerId]);
}
