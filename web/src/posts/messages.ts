import type { PostStatus } from "../api/types.ts";
import { t, texts } from "../lib/texts.ts";

export const statusText = texts((): Record<PostStatus, string> => ({
  draft: t`Draft`,
  in_review: t`In review`,
  approved: t`Approved`,
  scheduled: t`Scheduled`,
  publishing: t({ message: "Publishing", context: "status" }),
  waiting_for_channel: t`Waiting for its channel`,
  published: t`Published`,
  partly: t`Partly published`,
  failed: t`Failed`,
  missed: t`Missed`,
  cancelled: t`Cancelled`,
}));

export const postsText = texts(() => ({
  changedBy: (names: string) => t`changed by ${{ names }}`,
  editor: (name: string, when: string) => t`${{ name }} (${{ when }})`,
  someone: t`a former member`,
  theAgent: t`the agent`,
  title: t`Posts`,
  lead: t`Everything that was drafted, approved and published here.`,
  search: t`Search posts`,
  filter: t`Show`,
  filters: {
    all: t`All`,
    draft: t`Drafts`,
    in_review: t`In review`,
    approved: t`Approved`,
    scheduled: t`Scheduled`,
    published: t`Published`,
    trouble: t`Needs attention`,
  },
  untitled: t`Untitled`,
  drafted: (authorship: string) => t`drafted by ${{ authorship }}`,
  more: t`Load more`,
  loading: t`Loading posts`,
  emptyTitle: t`No posts yet`,
  empty: t`Paste an article, give a link or a few lines, and Galley drafts a post for each of your channels.`,
  noneTitle: t`No posts match`,
  none: t`Try other words or another status.`,
  clear: t`Clear filters`,
  edited: (when: string) => t`Edited ${{ when }}`,
  newPost: t`New post`,
}));
