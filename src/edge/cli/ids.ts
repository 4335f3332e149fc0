import type { Command } from "commander";
import { z } from "zod";
import type { Operation } from "#contract";
import { isId } from "#kit";
import type { Api } from "./api.ts";
import { CliFailure } from "./exit.ts";
import { table } from "./print.ts";

/** What an id names, and where those of its kind are listed; `newestFirst` where pages are sorted by id downwards. */
type Kind = { name: string; list: Operation; command: string; newestFirst: boolean };

const kinds = {
  post: { name: "post", list: "listPosts", command: "galley posts", newestFirst: true },
  series: { name: "series", list: "listSeries", command: "galley series", newestFirst: false },
  channel: { name: "channel", list: "listChannels", command: "galley channels", newestFirst: false },
  slot: { name: "slot", list: "listQueueSlots", command: "galley slots", newestFirst: false },
  invitation: {
    name: "invitation",
    list: "listInvitations",
    command: "galley invitations",
    newestFirst: false,
  },
} satisfies Record<string, Kind>;

export type IdKind = keyof typeof kinds;

const shortest = 4;
const shownAtLeast = 8;
const longestScan = 200;

const pageSchema = z.object({
  items: z.array(z.looseObject({ id: z.string() })),
  next: z.string().nullish(),
});
type Item = z.output<typeof pageSchema>["items"][number];

/**
 * An id that a command was given, as yet perhaps only the beginning of one. Looked at before anything is asked of the
 * server.
 */
export function givenId(command: Command, kind: IdKind): string {
  const given = (command.args[0] ?? "").toLowerCase();
  const isPrefix = given.length >= shortest && given.length <= 36 && /^[\da-f]+(?:-[\da-f]*)*$/u.test(given);
  if (isId(given) || isPrefix) return given;
  const { name, command: lists } = kinds[kind];
  throw new CliFailure("usage", `"${given}" is no ${name}'s id; ${lists} lists them.`);
}

/** The whole id that begins so. Throws where there is none, or more than one. */
export async function wholeId(api: Api, given: string, kind: IdKind): Promise<string> {
  if (isId(given)) return given;
  const found = await beginningWith(api, given, kinds[kind]);
  const [only, ...others] = found;
  const { name, command: lists } = kinds[kind];
  if (!only) throw new CliFailure("notFound", `No ${name}'s id begins with ${given}; ${lists} lists them.`);
  if (others.length === 0) return only.id;
  const rows = found.slice(0, 10).map((item) => [item.id, labelOf(item)]);
  throw new CliFailure(
    "usage",
    `${found.length} ids begin with ${given}; write more of the one that you mean:\n${table(["id", ""], rows)}`,
  );
}

async function beginningWith(api: Api, given: string, { list, newestFirst }: Kind): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < longestScan; pages += 1) {
    const query = newestFirst ? { limit: 100, ...(cursor === null ? {} : { cursor }) } : {};
    const page: z.output<typeof pageSchema> = await api.call(list, { query, schema: pageSchema });
    found.push(...page.items.filter(({ id }) => id.startsWith(given)));
    const last = page.items.at(-1)?.id;
    cursor = page.next ?? null;
    // Ids hold the time of their making and are listed downwards: nothing further on can begin so.
    if (cursor === null || (last !== undefined && last.slice(0, given.length) < given)) break;
  }
  return found;
}

function labelOf(item: Item): string {
  const named = z
    .object({ title: z.string() })
    .or(z.object({ handle: z.string() }))
    .safeParse(item);
  if (!named.success) return "";
  return "title" in named.data ? named.data.title : named.data.handle;
}

/** Each id as far as it must be written to be told from the others of a list. */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const sorted = [...new Set(ids)].toSorted();
  return new Map(
    sorted.map((id, place) => {
      const shared = Math.max(common(id, sorted[place - 1]), common(id, sorted[place + 1]));
      return [id, id.slice(0, Math.max(shared + 1, shownAtLeast)).replace(/-$/u, "")];
    }),
  );
}

function common(one: string, other: string | undefined): number {
  if (other === undefined) return 0;
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
