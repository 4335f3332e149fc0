import { CompiledQuery } from "kysely";
import type { Database } from "#platform/db";
import { hasPieces, patternOf, termsOf } from "./posts.search.ts";

/** Beyond it a word is so common that the newest posts that hold it are found sooner by looking at the newest. */
const mostFound = 1000;

/** How a word is met: in any of its forms, or with a slip of the finger besides. */
export type Leniency = "forms" | "slips";

type Bind = (value: unknown, type: string) => string;

/** The condition on a row `s` of `post_search` (`workspace` is asked for its placeholder where it is needed), and whether the indexes of pieces and keys can answer all of it. */
export function searchCondition(
  search: string,
  leniency: Leniency,
  { workspace, bind }: { workspace: () => string; bind: Bind },
): { text: string; indexed: boolean } {
  const terms = termsOf(search);
  const conditions = terms.map(({ kind, text }) => {
    const literal = `s.words ilike ${bind(patternOf(text), "text")}`;
    // PostgreSQL minds a value that nothing asks for, so each is bound where it is used.
    if (kind === "phrase" && !hasPieces(text)) return literal;
    const given = bind(text, "text");
    const occurs = hasPieces(text)
      ? `(${literal} and search_pieces(s.workspace_id, s.words) @> search_pieces(${workspace()}, ${given}))`
      : literal;
    if (kind === "phrase") return occurs;
    const ways = [occurs];
    if (kind === "handle") ways.push(`s.keys && ${channelKeys(workspace(), given)}`);
    if (kind === "word") ways.push(`s.keys && ${formKeys(workspace(), given)}`);
    if (kind === "word" && leniency === "slips") ways.push(`s.keys && ${slipKeys(workspace(), given)}`);
    return `(${ways.join(" or ")})`;
  });
  return {
    text: conditions.join(" and "),
    indexed: terms.some(({ text }) => hasPieces(text)),
  };
}

/** Each in a query of its own, so that they are made once and not for each row. */
function formKeys(workspace: string, word: string): string {
  return `(select search_hashes(${workspace}, 'word ', search_words(${word}))
    || search_hashes(${workspace}, 'stem ', search_stems(${word})))`;
}

function slipKeys(workspace: string, word: string): string {
  return `(select search_hashes(${workspace}, 'slip ', search_slips(search_words(${word}))))`;
}

function channelKeys(workspace: string, handle: string): string {
  return `(select search_hashes(${workspace}, 'channel ', coalesce(array_agg(c.id::text), '{}'))
    from channels c where c.workspace_id = ${workspace} and strpos(lower(c.handle), lower(${handle})) > 0)`;
}

/**
 * The posts that hold a text, by the indexes of their pieces and keys; null where these cannot tell: the text is too
 * short to have pieces, or too common to name all posts.
 *
 * Asked as the system, because PostgreSQL uses no such index behind row-level security: its operators are
 * not leakproof. Only ids come back, and the page that is made of them is read behind that wall as ever.
 */
export async function findPosts(
  database: Pick<Database, "system">,
  workspaceId: string,
  { search, leniency }: { search: string; leniency: Leniency },
): Promise<string[] | null> {
  const { query, indexed } = findQuery(workspaceId, search, leniency);
  if (!indexed) return null;
  const { rows } = await database.system.executeQuery(query);
  return rows.length > mostFound ? null : rows.map(({ id }) => id);
}

/** Exported for the bench, which shows its plan. */
export function findQuery(
  workspaceId: string,
  search: string,
  leniency: Leniency,
): { query: CompiledQuery<{ id: string }>; indexed: boolean } {
  const values: unknown[] = [workspaceId];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const { text, indexed } = searchCondition(search, leniency, { workspace: () => "$1::uuid", bind });
  const query: CompiledQuery<{ id: string }> = CompiledQuery.raw(
    `select s.post_id as id from post_search s
    where s.workspace_id = $1::uuid and ${text} limit ${mostFound + 1}`,
    values,
  );
  return { query, indexed };
}
