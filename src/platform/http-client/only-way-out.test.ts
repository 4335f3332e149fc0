import { glob, readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { type AnyNode, parse } from "acorn";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const home = "src/platform/http-client/";
/** What opens connections, or hands out something that does. */
const modules =
  /^(?:node:)?(?:http|https|http2|net|tls|dgram|dns|dns\/promises|inspector)$|^(?:undici|ws|axios|got)$/;
const globals = new Set(["fetch", "WebSocket", "EventSource", "XMLHttpRequest"]);
const loaders = new Set(["getBuiltinModule", "binding"]);

function nodesOf(node: AnyNode): AnyNode[] {
  const inside = Object.values(node).flat() as unknown[];
  const nodes = inside.filter(
    (one): one is AnyNode =>
      typeof one === "object" && one !== null && "type" in one && typeof one.type === "string",
  );
  return [node, ...nodes.flatMap(nodesOf)];
}

/** How a piece of code, without its types, could open a connection by itself. */
function waysOut(source: string): string[] {
  const code = stripTypeScriptTypes(source, { mode: "strip" });
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  return nodesOf(program).flatMap((node) => {
    const loads =
      node.type === "ImportDeclaration" ||
      node.type === "ImportExpression" ||
      node.type === "ExportNamedDeclaration" ||
      node.type === "ExportAllDeclaration";
    if (loads && node.source?.type === "Literal" && modules.test(String(node.source.value))) {
      return [String(node.source.value)];
    }
    if (
      node.type === "CallExpression" &&
      node.callee.type === "Identifier" &&
      globals.has(node.callee.name)
    ) {
      return [node.callee.name];
    }
    if (node.type === "NewExpression" && node.callee.type === "Identifier" && globals.has(node.callee.name)) {
      return [node.callee.name];
    }
    if (
      node.type === "MemberExpression" &&
      node.object.type === "Identifier" &&
      node.property.type === "Identifier"
    ) {
      const { name } = node.property;
      if (node.object.name === "globalThis" && globals.has(name)) return [`globalThis.${name}`];
      if (node.object.name === "process" && loaders.has(name)) return [name];
    }
    if (
      node.type === "CallExpression" &&
      node.callee.type === "Identifier" &&
      node.callee.name === "require"
    ) {
      const [given] = node.arguments;
      if (given?.type !== "Literal" || modules.test(String(given.value))) return ["require"];
    }
    return [];
  });
}

it.each([
  ['import { request } from "node:http";', ["node:http"]],
  ['import type { Socket } from "node:net";', []],
  ['const { connect } = await import("tls");', ["tls"]],
  ['export * from "undici";', ["undici"]],
  ["await fetch(url);", ["fetch"]],
  ["globalThis.fetch(url);", ["globalThis.fetch"]],
  ["new WebSocket(url);", ["WebSocket"]],
  ['process.getBuiltinModule("http");', ["getBuiltinModule"]],
  ['const require = createRequire(import.meta.url); require("http");', ["require"]],
])("finds the ways out of: %s", (code, found) => {
  expect(waysOut(code)).toEqual(found);
});

it("are in one folder", async () => {
  const found: Record<string, string[]> = {};
  let files = 0;
  for await (const file of glob("src/**/*.ts", { cwd: root })) {
    if (file.endsWith(".test.ts") || file.endsWith(".d.ts") || file.startsWith(home)) continue;
    files += 1;
    const ways = waysOut(await readFile(join(root, file), "utf8"));
    if (ways.length > 0) found[file] = ways;
  }
  expect(files).toBeGreaterThan(300);
  expect(found).toEqual({});
}, 120_000);
