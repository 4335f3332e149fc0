import { stripTypeScriptTypes } from "node:module";
import { parse, type Node } from "acorn";

/** One `await` (or round of a `for await`) of the product's code. */
export type Await = {
  /** From the root of the repository, as people find it: `src/delivery/send/publish.ts:61:12`. */
  name: string;
  file: string;
  /** The names of the functions around it, the outermost first: `createDeliveries.settle`. */
  within: string;
  /** What is awaited, in short: `openSocket(target, trip.signal)`. */
  what: string;
};

/** Around each await three failpoints: before anything began, after the call began, after its answer. */
export const phases = ["before", "begun", "after"] as const;

type Tree = Node & Record<string, unknown>;
type Edit = { at: number; text: string };

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function nameOf(tree: Tree, parent: Tree | null): string | null {
  if (!/Function/.test(tree.type)) return null;
  for (const named of [tree["id"], parent?.["id"], parent?.["key"]]) {
    if (isTree(named) && typeof named["name"] === "string") return named["name"];
  }
  return "";
}

/**
 * Puts failpoints around every await of a TypeScript source, found by its syntax tree. Lines stay where
 * they are. `first` is the number of its first await among those of all files.
 *
 * @throws TypeError for an `await using`, which this code base does not use: teach it first
 */
export function instrument(file: string, source: string, first: number): { code: string; awaits: Await[] } {
  const code = stripTypeScriptTypes(source);
  const awaits: Await[] = [];
  const opening: Edit[] = [];
  const closing: Edit[] = [];

  function enter(tree: Tree, within: readonly string[]): number {
    const failpoint = (first + awaits.length) * phases.length;
    const { line = 0, column = 0 } = tree.loc?.start ?? {};
    const what = code
      .slice(tree.start, tree.end)
      .replace(/^await\s+/, "")
      .slice(0, 80);
    awaits.push({ name: `${file}:${line}:${column + 1}`, file, within: within.join("."), what });
    return failpoint;
  }

  function walk(tree: Tree, parent: Tree | null, around: readonly string[]): void {
    const name = nameOf(tree, parent);
    const within = name === null || name === "" ? around : [...around, name];
    const closings: Edit[] = [];
    if (tree.type === "VariableDeclaration" && tree["kind"] === "await using") {
      throw new TypeError(`${file} has an "await using", which has no failpoints yet`);
    }
    if (tree.type === "AwaitExpression") {
      const point = enter(tree, within);
      opening.push({ at: tree.start, text: `__chaos.value((__chaos.pass(${point}),${point + 2}),` });
      opening.push({ at: tree.start + "await".length, text: ` __chaos.value(${point + 1},` });
      closings.push({ at: tree.end, text: "))" });
    }
    const right = tree["right"];
    if (tree.type === "ForOfStatement" && tree["await"] === true && isTree(right)) {
      const point = enter(tree, within);
      opening.push({ at: right.start, text: `__chaos.each(${point},` });
      closings.push({ at: right.end, text: ")" });
    }
    for (const part of Object.values(tree).flat()) if (isTree(part)) walk(part, tree, within);
    closing.push(...closings);
  }

  const root: unknown = parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true });
  if (isTree(root)) walk(root, null, []);
  return { code: applied(code, [...closing, ...opening]), awaits };
}

/** Edits at one place stand in the order of the list. */
function applied(code: string, edits: Edit[]): string {
  let result = "";
  let from = 0;
  for (const { at, text } of edits.toSorted((left, right) => left.at - right.at)) {
    result += code.slice(from, at) + text;
    from = at;
  }
  return result + code.slice(from);
}
