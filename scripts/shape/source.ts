import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { parseSync } from "vite";

/** One file of the source, as far as the shape is concerned. */
export type Source = {
  /** From the root of the repository, with forward slashes. */
  file: string;
  lines: number;
  /** The files that it names, by path; what comes from packages is not in it. */
  imports: { file: string; isType: boolean }[];
  functions: { name: string; line: number; lines: number }[];
  /** The literal texts in it, each with its line. */
  texts: { text: string; line: number }[];
  /** Lists and unions of three texts or more and of nothing else, each sorted; `name`: whose they are, or "". */
  lists: { name: string; values: string[]; line: number }[];
  /** The names of jobs that are declared in it: tasks of the queue and sweeps. */
  jobs: { name: string; line: number }[];
  /** The first line that speaks SQL to the database, or null. */
  sqlAt: number | null;
};

type Node = { type: string; start: number; end: number; [key: string]: unknown };
type Module = ReturnType<typeof parseSync>["module"];

/** Of a query builder or of a template: what only the stores of a feature say. */
const verbs = new Set(["selectFrom", "insertInto", "updateTable", "deleteFrom", "mergeInto"]);
const functionKinds = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

/**
 * Reads one file. `faces`: the `imports` of `package.json`.
 *
 * @throws SyntaxError where it is no TypeScript
 */
export function readSource(root: string, file: string, faces: Readonly<Record<string, string>>): Source {
  const text = readFileSync(posix.join(root, file), "utf8");
  const { program, module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new SyntaxError(`${file} cannot be parsed`);
  const lineAt = linesOf(text);
  const source: Source = {
    file,
    lines: lineAt(text.trimEnd().length),
    imports: importsOf(file, module, faces),
    functions: [],
    texts: [],
    lists: [],
    jobs: [],
    sqlAt: null,
  };
  visit(program, [], (node, parents) => {
    const parent = parents.at(-1) ?? null;
    const line = lineAt(node.start);
    if (functionKinds.has(node.type) && !isTable(node)) {
      source.functions.push({ name: nameOf(node, parent), line, lines: lineAt(node.end) - line + 1 });
    }
    if (isText(node)) source.texts.push({ text: textOf(node), line });
    const values = listOf(node);
    if (values.length > 2) source.lists.push({ name: nameAround(node, parents), values, line });
    const job = jobOf(node);
    if (job !== null) source.jobs.push({ name: job, line });
    if (isSql(node)) source.sqlAt ??= line;
  });
  return source;
}

/** What only gives a list of values is as long as the list. */
function isTable({ type, body }: Node): boolean {
  if (type !== "ArrowFunctionExpression") return false;
  const given = body as Node;
  const value = given.type === "ParenthesizedExpression" ? (given["expression"] as Node) : given;
  return value.type === "ObjectExpression";
}

function linesOf(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const after = starts.findIndex((start) => start > offset);
    return after < 0 ? starts.length : after;
  };
}

function importsOf(
  file: string,
  { staticImports, staticExports }: Module,
  faces: Readonly<Record<string, string>>,
): Source["imports"] {
  const named = [
    ...staticImports.map(({ moduleRequest, entries }) => ({
      from: moduleRequest?.value,
      isType: entries.length > 0 && entries.every((entry) => entry.isType),
    })),
    ...staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest, isType }) => ({ from: moduleRequest?.value, isType })),
    ),
  ];
  return named.flatMap(({ from, isType }) => {
    const target = from === undefined ? null : targetOf(file, from, faces);
    return target === null ? [] : [{ file: target, isType }];
  });
}

/** The file behind a name, or null for a package. */
function targetOf(file: string, from: string, faces: Readonly<Record<string, string>>): string | null {
  if (from.startsWith(".")) return posix.join(posix.dirname(file), from);
  if (!from.startsWith("#")) return null;
  const exact = faces[from];
  if (exact !== undefined) return posix.normalize(exact);
  for (const [face, target] of Object.entries(faces)) {
    const [before = "", after = ""] = face.split("*");
    if (face.includes("*") && from.startsWith(before) && from.endsWith(after)) {
      return posix.normalize(target.replace("*", from.slice(before.length, from.length - after.length)));
    }
  }
  return null;
}

function visit(value: unknown, parents: Node[], tell: (node: Node, parents: readonly Node[]) => void): void {
  if (Array.isArray(value)) {
    for (const entry of value) visit(entry, parents, tell);
    return;
  }
  if (!isNode(value)) return;
  tell(value, parents);
  const here = [...parents, value];
  for (const child of Object.values(value)) if (typeof child === "object") visit(child, here, tell);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function nameOf(node: Node, parent: Node | null): string {
  const named = [node["id"], parent?.["id"], parent?.["key"]].find(isNode);
  return typeof named?.["name"] === "string" ? named["name"] : "(without a name)";
}

function isText(node: Node): boolean {
  return (
    (node.type === "Literal" && typeof node["value"] === "string") ||
    node.type === "TemplateElement" ||
    node.type === "JSXText"
  );
}

function textOf(node: Node): string {
  const value = node["value"];
  return typeof value === "string" ? value : ((value as { raw?: string } | null)?.raw ?? "");
}

/** The texts that an array or a union of types is made of; empty for whatever holds anything else. */
function listOf(node: Node): string[] {
  const members = node.type === "ArrayExpression" ? node["elements"] : node["types"];
  if (!Array.isArray(members) || !["ArrayExpression", "TSUnionType"].includes(node.type)) return [];
  const values = members.map((member: unknown) => literalOf(member));
  return values.every((value) => value !== null) ? values.toSorted() : [];
}

/** The name of the constant, the type or the field that a list is the value of. */
function nameAround(node: Node, parents: readonly Node[]): string {
  const holder = parents.findLast((one) => isNode(one["id"]) || isNode(one["key"]));
  return holder ? nameOf(node, holder) : "";
}

/** Of a constant called a task, or of an object that says how often it runs. */
function jobOf(node: Node): string | null {
  if (
    node.type === "VariableDeclarator" &&
    isNode(node["id"]) &&
    /[tT]ask$/.test(String(node["id"]["name"]))
  ) {
    return literalOf(node["init"]);
  }
  if (node.type !== "ObjectExpression") return null;
  const properties = (node["properties"] as unknown[]).filter(isNode);
  const called = (key: string) => properties.find((one) => isNode(one["key"]) && one["key"]["name"] === key);
  return called("everyMs") ? literalOf(called("name")?.["value"]) : null;
}

function literalOf(value: unknown): string | null {
  if (!isNode(value)) return null;
  const node = value.type === "TSLiteralType" ? value["literal"] : value;
  return isNode(node) && node.type === "Literal" && typeof node["value"] === "string" ? node["value"] : null;
}

function isSql(node: Node): boolean {
  if (node.type === "TaggedTemplateExpression") return isNode(node["tag"]) && node["tag"]["name"] === "sql";
  if (node.type !== "CallExpression" || !isNode(node["callee"])) return false;
  const property = node["callee"]["property"];
  return isNode(property) && verbs.has(String(property["name"]));
}
