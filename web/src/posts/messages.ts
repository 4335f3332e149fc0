import type { PostStatus } from "../api/types.ts";

export const statusText: Record<PostStatus, string> = {
  draft: "Draft",
  in_review: "In review",
  approved: "Approved",
  scheduled: "Scheduled",
  publishing: "Publishing",
  waiting_for_channel: "Waiting for its channel",
  published: "Published",
  partly: "Partly published",
  failed: "Failed",
  missed: "Missed",
  cancelled: "Cancelled",
};

export const postsText = {
  title: "Posts",
  lead: "Everything that was drafted, approved and published here.",
  search: "Search posts",
  filter: "Show",
  filters: {
    all: "All",
    draft: "Drafts",
    in_review: "In review",
    approved: "Approved",
    scheduled: "Scheduled",
    published: "Published",
    trouble: "Needs attention",
  },
  untitled: "Untitled",
  agent: "drafted by the agent",
  more: "Load more",
  loading: "Loading posts",
  emptyTitle: "No posts yet",
  empty: "Paste an article, give a link or a few lines, and Galley drafts a post for each of your channels.",
  noneTitle: "No posts match",
  none: "Try other words or another status.",
  clear: "Clear filters",
  edited: (when: string) => `Edited ${when}`,
  newPost: "New post",
} as const;
