import { GalleyError, isId } from "#kit";

/** Where a page of a list ended, as opaque text: the sort values of its last row. */
export function encodeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/**
 * The sort values that `encodeCursor` was given. Throws `wire.bad_cursor` (invalid) for anything that
 * does not hold exactly `count` values; the caller still checks what each means.
 */
function decodeCursor(cursor: string, count: number): string[] {
  const values = parseJson(Buffer.from(cursor, "base64url").toString());
  if (
    Array.isArray(values) &&
    values.length === count &&
    values.every((value) => typeof value === "string")
  ) {
    return values;
  }
  throw badCursor();
}

/** The id that `encodeCursor([id])` was given. Throws `wire.bad_cursor` (invalid) for anything else. */
export function decodeIdCursor(cursor: string): string {
  const [id = ""] = decodeCursor(cursor, 1);
  if (isId(id)) return id;
  throw badCursor();
}

/** What `encodeCursor([at.toISOString(), id])` was given. Throws `wire.bad_cursor` (invalid) for anything else. */
export function decodeTimeIdCursor(cursor: string): [at: Date, id: string] {
  const [time = "", id = ""] = decodeCursor(cursor, 2);
  const at = new Date(time);
  if (isId(id) && !Number.isNaN(at.getTime())) return [at, id];
  throw badCursor();
}

/** What `encodeCursor([name, id])` was given, one of `names`. Throws `wire.bad_cursor` (invalid) for anything else. */
export function decodeNameIdCursor<Name extends string>(
  cursor: string,
  names: readonly Name[],
): [name: Name, id: string] {
  const [given, id = ""] = decodeCursor(cursor, 2);
  const name = names.find((one) => one === given);
  if (name !== undefined && isId(id)) return [name, id];
  throw badCursor();
}

function badCursor(): GalleyError {
  return new GalleyError({
    code: "wire.bad_cursor",
    kind: "invalid",
    message: "This cursor is not one that Galley gave; start again from the first page.",
    problems: [{ path: "/cursor", code: "wire.bad_cursor", message: "Unknown cursor." }],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
