import type { Answer, EmulatorRequest } from "../http.ts";
import { json } from "../http.ts";
import { badRequest } from "./errors.ts";

/**
 * One page of a collection as Rest.li answers it: `start` and `count`, with a link to the next page, which is not
 * promised: a collection ends with a page that is shorter than was asked for.
 */
export function pageOf<Item>(
  request: EmulatorRequest,
  items: Item[],
  wire: (item: Item) => Record<string, unknown>,
  { linksToNext }: { linksToNext: boolean },
): Answer {
  const start = numberAt(request, "start", 0, 1_000_000);
  const count = numberAt(request, "count", 10, 100);
  const more = start + count < items.length;
  const query = new URLSearchParams(request.query);
  query.set("start", String(start + count));
  query.set("count", String(count));
  const next = { type: "application/json", rel: "next", href: `${request.path}?${query.toString()}` };
  return json({
    elements: items.slice(start, start + count).map(wire),
    paging: { start, count, links: more && linksToNext ? [next] : [], total: items.length },
  });
}

function numberAt(request: EmulatorRequest, name: string, standard: number, most: number): number {
  const value = Number(request.query.get(name) ?? standard);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw badRequest(`${name} is a number up to ${most}`);
}
