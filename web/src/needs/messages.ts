import type { NeedKind } from "../api/types.ts";
import { plural, t, texts } from "../lib/texts.ts";

export const needsText = texts(() => ({
  title: t`Needs you`,
  lead: t`Galley stops and asks rather than guess. What only a person can settle waits here.`,
  filter: t`Show`,
  filters: {
    answer: t`Questions`,
    stopped: t`Not published`,
    channel: t`Channels`,
    approval: t`Approvals`,
  } satisfies Record<NeedKind, string>,
  all: t`All`,
  count: (count: number) => plural({ count }, { one: "# thing needs you", other: "# things need you" }),
  summary: {
    answer: (count: number) =>
      plural({ count }, { one: "# question about a post", other: "# questions about posts" }),
    stopped: (count: number) =>
      plural({ count }, { one: "# post was not published", other: "# posts were not published" }),
    channel: (count: number) =>
      plural({ count }, { one: "# channel needs care", other: "# channels need care" }),
    approval: (count: number) => plural({ count }, { one: "# approval", other: "# approvals" }),
  } satisfies Record<NeedKind, (count: number) => string>,
  open: t`Look at them`,
  list: t`What needs you`,
  loading: t`Loading what needs you`,
  emptyTitle: t`Nothing needs you`,
  empty: t`Questions about posts, accounts to connect again and posts to approve appear here.`,
  noneTitle: t`Nothing of this kind`,
  none: t`Other things wait under All.`,
  review: t`Review`,
  by: (name: string) => t`By ${{ name }}`,
  updated: (when: string) => t`submitted ${{ when }}`,
  series: t`A series waits for one approval of all its dates.`,
  held: (count: number) => plural({ count }, { one: "# post waits for it.", other: "# posts wait for it." }),
  disconnected: t`It was disconnected here.`,
  reconnect: t`The account must be connected again.`,
  giveUp: t`Cancel post`,
}));
