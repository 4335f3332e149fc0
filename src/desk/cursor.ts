import { GalleyError, isId } from "#kit";
import { decodeCursor, encodeCursor } from "#platform/wire";

/** Where a list that is sorted by id went on. Throws `wire.bad_cursor` for text that is no cursor of such a list. */
export function idOfCursor(cursor: string): string {
  const [id = ""] = decodeCursor(cursor, 1);
  if (isId(id)) return id;
  throw new GalleyError({
    code: "wire.bad_cursor",
    kind: "invalid",
    message: "This cursor is not one that Galley gave; start again from the first page.",
  });
}

/** Cuts rows, of which one more than `limit` was read, to a page with the cursor of the next. */
export function pageByIds<Row>(
  rows: Row[],
  limit: number,
  idOf: (row: Row) => string,
): { items: Row[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor([idOf(last)]) : null };
}
