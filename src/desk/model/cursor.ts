import { GalleyError, isId } from "#kit";
import { decodeCursor, encodeCursor } from "#platform/wire";

/** Where a list that is sorted by id went on. Throws `wire.bad_cursor` for text that is no cursor of such a list. */
export function idOfCursor(cursor: string): string {
  const [id = ""] = decodeCursor(cursor, 1);
  if (isId(id)) return id;
  throw badCursor();
}

/** The same for a list that is sorted by a time, then by id. */
export function timeAndIdOfCursor(cursor: string): [at: Date, id: string] {
  const [time = "", id = ""] = decodeCursor(cursor, 2);
  const at = new Date(time);
  if (isId(id) && !Number.isNaN(at.getTime())) return [at, id];
  throw badCursor();
}

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

function badCursor(): GalleyError {
  return new GalleyError({
    code: "wire.bad_cursor",
    kind: "invalid",
    message: "This cursor is not one that Galley gave; start again from the first page.",
  });
}
