import { encodeCursor } from "#platform/wire";

/** Cuts rows, of which one more than `limit` was read, to a page with the cursor of the next. */
export function pageOfRows<Row>(
  rows: Row[],
  limit: number,
  sortedBy: (row: Row) => string[],
): { items: Row[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(sortedBy(last)) : null };
}
