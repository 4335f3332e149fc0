import { CompiledQuery } from "kysely";
import type { Database } from "#platform/db";

/** Beyond it a word is so common that the newest posts that hold it are found sooner by looking at the newest. */
const mostFound = 1000;

/** A text that occurs anywhere, as a pattern of `ilike`. */
export function patternOf(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/**
 * The posts that hold a text, by the index of their pieces; null where it cannot tell: the text is too short
 * to have pieces, or too common to name them all.
 *
 * Asked as the system, because PostgreSQL uses no such index behind row-level security: its operators are
 * not leakproof. Only ids come back, and the page that is made of them is read behind that wall as ever.
 */
export async function findPosts(
  database: Pick<Database, "system">,
  workspaceId: string,
  search: string,
): Promise<string[] | null> {
  if (!hasPieces(search)) return null;
  const { rows } = await database.system.executeQuery(findQuery(workspaceId, search));
  return rows.length > mostFound ? null : rows.map(({ id }) => id);
}

/** As `search_pieces` makes them, which also makes some of shorter ones. */
function hasPieces(search: string): boolean {
  return Array.from(search).length >= 3 || /[^\p{ASCII}]{2}/u.test(search);
}

/** Exported for the bench, which shows its plan. */
export function findQuery(workspaceId: string, search: string): CompiledQuery<{ id: string }> {
  return CompiledQuery.raw(
    `select s.post_id as id from post_search s
    where s.workspace_id = $1::uuid and s.words ilike $3::text
      and search_pieces(s.workspace_id, s.words) @> search_pieces($1::uuid, $2::text)
    limit ${mostFound + 1}`,
    [workspaceId, search, patternOf(search)],
  );
}
