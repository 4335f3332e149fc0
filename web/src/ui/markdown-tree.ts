import type { Token } from "markdown-it";

/** One thing of a text, and what stands in it. */
export type Branch = { token: Token; within: Branch[] };

/** Of what is deeper, all words are kept, without what stands around them: no browser lays out thousands in each other. */
const deepest = 100;

/**
 * Parsed Markdown as a tree. Works through the tokens with a stack of its own, because emphasis may stand in emphasis
 * without an end.
 */
export function markdownTree(tokens: Token[]): Branch[] {
  const root: Branch[] = [];
  const open: Branch[] = [];
  let beyond = 0;
  for (const token of tokens.flatMap((token) => (token.type === "inline" ? (token.children ?? []) : token))) {
    if (token.nesting === -1) {
      if (beyond > 0) beyond -= 1;
      else open.pop();
    } else if (token.nesting === 1 && open.length === deepest) {
      beyond += 1;
    } else {
      const branch = { token, within: [] };
      (open.at(-1)?.within ?? root).push(branch);
      if (token.nesting === 1) open.push(branch);
    }
  }
  return root;
}
