import { createRequire } from "node:module";

/** A regular expression of the source; one that is put together while running has no source here. */
export type Pattern = {
  file: string;
  line: number;
  source: string;
  flags: string;
  /** What stands above it: why its text is short, or which test measures it; null where nothing does. */
  reason: string | null;
};

type Node = { type: string; start: number; [key: string]: unknown };
type Comment = { value: string; start: number; end: number };
type Parser = {
  parseSync: (name: string, source: string) => { program: Node; comments: Comment[]; errors: unknown[] };
};

/** Loads what only checks the code; its types are not installed where that is not. */
export const fromTools = createRequire(new URL("../tools/package.json", import.meta.url));

/** The expressions of one TypeScript file, each with its place. Throws `SyntaxError` where it is no TypeScript. */
export function patternsOf(file: string, source: string): Pattern[] {
  const { parseSync } = fromTools("oxc-parser") as Parser;
  const { program, comments, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`${file} cannot be parsed`);
  const lineOf = (offset: number) => source.slice(0, offset).split("\n").length;
  const reasons = new Map(
    comments.flatMap(({ value, end }): [number, string][] => {
      const reason = /^\s*(?:short text|measured): (.+)/s.exec(value)?.[1];
      return reason === undefined ? [] : [[lineOf(end), reason]];
    }),
  );
  return [...expressions(program)].map(({ source: pattern, flags, start }) => {
    const line = lineOf(start);
    return { file, line, source: pattern, flags, reason: reasons.get(line) ?? reasons.get(line - 1) ?? null };
  });
}

type Expression = { source: string; flags: string; start: number };

function* expressions(value: unknown): Generator<Expression> {
  if (Array.isArray(value)) {
    for (const entry of value) yield* expressions(entry);
    return;
  }
  if (!isNode(value)) return;
  const found = literal(value) ?? constructed(value);
  if (found) yield { ...found, start: value.start };
  for (const [key, child] of Object.entries(value)) {
    if (key !== "regex" && typeof child === "object") yield* expressions(child);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

function literal(node: Node): { source: string; flags: string } | null {
  if (node.type !== "Literal" || !("regex" in node)) return null;
  const { pattern, flags } = node["regex"] as { pattern: string; flags: string };
  return { source: pattern, flags };
}

/** `new RegExp("...", "...")`; of what is put together nothing can be told, so it has to give its reason. */
function constructed(node: Node): { source: string; flags: string } | null {
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return null;
  const { callee, arguments: given } = node as unknown as { callee: Node; arguments: Node[] };
  if (callee.type !== "Identifier" || callee["name"] !== "RegExp") return null;
  const [source, flags = null] = given;
  return { source: constant(source ?? null) ?? unreadable, flags: constant(flags) ?? "" };
}

/** No pattern: what cannot be read is not told safe. */
const unreadable = "(";

function constant(node: Node | null): string | null {
  if (node?.type === "Literal" && typeof node["value"] === "string") return node["value"];
  return null;
}

/**
 * Whether it reads a bounded number of characters at each place, since nothing in it repeats: then its time grows with
 * the text, whatever flags it has (recheck knows no `v`).
 */
export function isBounded({ source }: Pattern): boolean {
  if (source === unreadable) return false;
  let depth = 0;
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index] ?? "";
    if (character === "\\") index += 1;
    else if (character === "[") depth += 1;
    else if (character === "]") depth = Math.max(0, depth - 1);
    else if (depth === 0 && (character === "*" || character === "+")) return false;
    else if (depth === 0 && character === "{" && /^\{\d+,\}/.test(source.slice(index))) return false;
  }
  return true;
}
