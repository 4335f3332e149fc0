import { isRecord } from "./params.ts";

/** `id,from{id,name},comments.limit(5){message}` as a tree; a field without braces has no children. */
export type FieldTree = Map<string, FieldTree>;

export function parseFields(text: string): FieldTree {
  const root: FieldTree = new Map();
  const stack: FieldTree[] = [root];
  let last: FieldTree = root;
  for (const [token] of text.matchAll(/[{},]|[a-z0-9_]+|\.[a-z_]+\([^)]*\)/gi)) {
    const here = stack.at(-1) ?? root;
    if (token === "{") stack.push(last);
    else if (token === "}") stack.pop();
    else if (token !== "," && !token.startsWith(".")) {
      last = new Map();
      here.set(token, last);
    }
  }
  return root;
}

/** What was asked for of an object, its id always included; without `fields` the given defaults. */
export function project(
  object: Record<string, unknown>,
  fields: string | undefined,
  defaults: string[],
): Record<string, unknown> {
  const tree = fields === undefined ? parseFields(defaults.join(",")) : parseFields(fields);
  return pick(object, tree);
}

function pick(object: Record<string, unknown>, tree: FieldTree): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const [name, children] of tree) {
    const value = object[name];
    // As the Graph API does: what is empty is left out.
    if (value === undefined || value === null) continue;
    picked[name] = children.size === 0 ? value : within(value, children);
  }
  if (object["id"] !== undefined) picked["id"] = object["id"];
  return picked;
}

function within(value: unknown, children: FieldTree): unknown {
  if (Array.isArray(value)) return value.map((item) => within(item, children));
  if (!isRecord(value)) return value;
  // A list, or the one thing that an edge such as `picture` answers with.
  if (value["data"] !== undefined) return { ...value, data: within(value["data"], children) };
  return pick(value, children);
}

/** One page of a list, newest first, by cursor; with `next` where more follows. */
export function paged(
  items: Record<string, unknown>[],
  params: Map<string, string>,
  address: string,
  mostPerPage = 100,
): Record<string, unknown> {
  const wanted = Number(params.get("limit") ?? "25");
  const limit = Math.min(Math.max(Number.isInteger(wanted) ? wanted : 25, 1), mostPerPage);
  const after = params.get("after");
  const start = after === undefined ? 0 : items.findIndex((item) => cursorOf(item) === after) + 1;
  const data = items.slice(start, start + limit);
  const last = data.at(-1);
  if (last === undefined) return { data };
  const cursors = { before: cursorOf(data[0] ?? last), after: cursorOf(last) };
  const more = start + limit < items.length;
  const next = `${address}?limit=${limit}&after=${encodeURIComponent(cursors.after)}`;
  return { data, paging: { cursors, ...(more ? { next } : {}) } };
}

function cursorOf(item: Record<string, unknown>): string {
  return Buffer.from(String(item["id"])).toString("base64url");
}
