import type { NeedKind } from "./use-needs.ts";

export const needsText = {
  title: "Needs you",
  lead: "Galley stops and asks rather than guess. What only a person can settle waits here.",
  filter: "Show",
  filters: {
    answer: "Questions",
    stopped: "Not published",
    channel: "Channels",
    approval: "Approvals",
  } satisfies Record<NeedKind, string>,
  all: "All",
  count: (count: number) => (count === 1 ? "1 thing needs you" : `${count} things need you`),
  summary: {
    answer: (count: number) => (count === 1 ? "1 question about a post" : `${count} questions about posts`),
    stopped: (count: number) =>
      count === 1 ? "1 post was not published" : `${count} posts were not published`,
    channel: (count: number) => (count === 1 ? "1 channel needs care" : `${count} channels need care`),
    approval: (count: number) => (count === 1 ? "1 approval" : `${count} approvals`),
  } satisfies Record<NeedKind, (count: number) => string>,
  open: "Look at them",
  list: "What needs you",
  loading: "Loading what needs you",
  emptyTitle: "Nothing needs you",
  empty: "Questions about posts, accounts to connect again and posts to approve appear here.",
  noneTitle: "Nothing of this kind",
  none: "Other things wait under All.",
  review: "Review",
  by: (name: string) => `By ${name}`,
  updated: (when: string) => `submitted ${when}`,
  series: "A series waits for one approval of all its dates.",
  held: (count: number) => (count === 1 ? "1 post waits for it." : `${count} posts wait for it.`),
  disconnected: "It was disconnected here.",
  reconnect: "The account must be connected again.",
  giveUp: "Cancel post",
} as const;
