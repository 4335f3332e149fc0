import { z } from "zod";
import type { ConnectorContext } from "../contract.ts";
import { readAgain } from "../read-again.ts";
import { request } from "./api.ts";
import type { Asked } from "./failure.ts";
import type { MetaPlatform } from "./settings.ts";

const pagingSchema = z
  .object({ cursors: z.object({ after: z.string() }).optional(), next: z.string().optional() })
  .optional();

const mostPages = 20;

type Reading<Entry> = {
  path: string;
  params: Record<string, string>;
  pageSize: number;
  until?: (entry: Entry) => boolean;
};

/**
 * Reads a list of the Graph API page by page (https://developers.facebook.com/docs/graph-api/results), and no page after
 * one with an entry for which `until` holds.
 *
 * @returns its entries, and whether they are all: not where there are more pages than are read or than can be asked
 *   for, and not where a page repeats what stood on one before it, since a list that was ordered anew leaves out as much
 *   as it repeats
 * @throws ConnectorFailure as `request` does
 */
export async function readList<Entry extends { id: string }>(
  platform: MetaPlatform,
  context: ConnectorContext,
  entry: z.ZodType<Entry>,
  asked: Asked,
  { path, params, pageSize, until = () => false }: Reading<Entry>,
): Promise<{ entries: Entry[]; isComplete: boolean }> {
  const schema = z.object({ data: z.array(entry), paging: pagingSchema });
  const entries = new Map<string, Entry>();
  let after: string | null = null;
  for (let count = 0; count < mostPages; count += 1) {
    const cursor: Record<string, string> = after === null ? {} : { after };
    const call = { method: "GET" as const, path, params: { ...params, limit: String(pageSize), ...cursor } };
    const page: z.output<typeof schema> = await readAgain(() =>
      request(platform, context, schema, asked, call),
    );
    const isRepeated = page.data.some(({ id }) => entries.has(id));
    for (const one of page.data) entries.set(one.id, one);
    if (isRepeated || page.data.some(until)) break;
    if (page.paging?.next === undefined) return { entries: [...entries.values()], isComplete: true };
    after = page.paging.cursors?.after ?? null;
    // Lists that are paged by time name the next page by its address alone.
    if (after === null) break;
  }
  return { entries: [...entries.values()], isComplete: false };
}
