import { type InvalidateQueryFilters, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type Key, keys } from "./keys.ts";

const { posts, deliveries, attention, channels, checks, installation } = keys;

/**
 * What may look different after a change, by what was changed: the noun of an event's kind (`post.approved`), or what
 * the server tells nobody of. What a person does here and what others do elsewhere refresh the same.
 */
const shown = {
  post: [posts.all, deliveries.all, attention.all],
  delivery: [deliveries.all, posts.all, attention.all],
  series: [posts.all, attention.all],
  queue: [posts.all],
  import: [keys.imports.all, posts.all],
  media: [keys.media.all],
  run: [keys.runs.all, posts.all],
  // Whether its posts can go out depends on it, and what there is to say about them.
  channel: [
    channels.all,
    keys.platforms,
    keys.connectors,
    posts.all,
    deliveries.all,
    checks.all,
    attention.all,
  ],
  app: [keys.platforms, keys.connectors, channels.all, attention.all],
  secrets: [],
  site: [keys.site, keys.connectors],
  // Who may approve follows from its policy.
  workspace: [keys.me, posts.all, attention.all],
  member: [keys.members, keys.invitations],
  invitation: [keys.invitations],

  installation: [installation.all],
  quarantine: [keys.quarantine],
  session: [keys.sessions],
  // As whom one is here; told when the server has looked again.
  access: [keys.me],
  device: [keys.devices],
} satisfies Record<string, readonly Key[]>;

export type Changed = keyof typeof shown;

/** All of it. What is asked of platforms, as the doctor does, changes with nothing here. */
export const everything: readonly Key[] = [...new Set(Object.values(shown).flat())];

/** What a change makes stale; everything where it is of a kind that this dashboard does not know yet. */
export function staleAfter(noun: string): readonly Key[] {
  return Object.hasOwn(shown, noun) ? shown[noun as Changed] : everything;
}

/** Asks again for what the screen shows of these; the rest is asked for when it is shown. */
export async function refresh(
  client: QueryClient,
  stale: Iterable<Key>,
  filters: Pick<InvalidateQueryFilters, "refetchType" | "predicate"> = {},
): Promise<void> {
  await Promise.all([...stale].map((queryKey) => client.invalidateQueries({ ...filters, queryKey })));
}

/** For what a person does here: `onSettled: useRefresh("post")`. Also after a refusal, when somebody was faster. */
export function useRefresh(...changed: Changed[]): () => Promise<void> {
  const client = useQueryClient();
  return () => refresh(client, new Set(changed.flatMap((noun) => staleAfter(noun))));
}
