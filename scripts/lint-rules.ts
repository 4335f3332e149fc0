/** Rules of our own for oxlint, which loads this file as a plugin (`oxlint.config.ts`); tested in test/repository/lint-rules.test.ts. */

/** A node of the syntax tree (ESTree with TypeScript), as far as it is looked at here. */
type Node = { type: string; [key: string]: unknown };
type Context = { report(problem: { node: Node; message: string }): void };
type Rule = { create(context: Context): Record<string, (node: Node) => void> };

const message =
  "Addresses are compared as found and parsed (sameAddress, mentionsAddress of #kit), never as text: docs/decisions/0101.";

/** Names that hold an address of the web as somebody spelled it. `address` may be one of mail or of a network too. */
const spelled = /^(?!(?:is|has|can)[A-Z]).*(?:[uU]rl|URL|[lL]ink|[hH]ref|[uU]ri|[cC]anonical)s?$/;
const anyAddress = /[aA]ddress(?:es)?$/;
/** Parts of a parsed URL. */
const parsed = new Set(["href", "origin", "hostname", "host", "protocol", "pathname", "search", "hash"]);
const searches = new Set(
  "includes indexOf lastIndexOf startsWith endsWith search match matchAll replace replaceAll split has".split(
    " ",
  ),
);
const around = new Set(["includes", "indexOf", "lastIndexOf", "startsWith", "endsWith"]);

function nodeOf(value: unknown): Node | null {
  return typeof value === "object" && value !== null && "type" in value ? (value as Node) : null;
}

function nodesOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.flatMap((one) => nodeOf(one) ?? []) : [];
}

function nameOf(value: unknown): string {
  const node = nodeOf(value);
  return node?.type === "Identifier" && typeof node["name"] === "string" ? node["name"] : "";
}

/** Whether an expression is an address as it was spelled, by its name. */
function isSpelled(value: unknown, names: RegExp): boolean {
  const node = nodeOf(value);
  if (node === null) return false;
  switch (node.type) {
    case "Identifier":
      return names.test(nameOf(node));
    case "MemberExpression": {
      const name = nameOf(node["property"]);
      return !parsed.has(name) && names.test(name);
    }
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
      return isSpelled(node["expression"], names);
    case "LogicalExpression":
      return isSpelled(node["left"], names) || isSpelled(node["right"], names);
    case "TemplateLiteral":
      return nodesOf(node["expressions"]).some((one) => isSpelled(one, names));
    case "BinaryExpression":
      return node["operator"] === "+" && (isSpelled(node["left"], names) || isSpelled(node["right"], names));
    case "CallExpression":
      // Trimmed, in lower case, without its slash: a spelling still.
      return isSpelled(nodeOf(nodeOf(node["callee"])?.["object"]), names);
    default:
      return false;
  }
}

function isEither(value: unknown): boolean {
  return isSpelled(value, spelled) || isSpelled(value, anyAddress);
}

/** What an address may be asked for by its first letters, a scheme or a path of one's own; and what is no text. */
function isHarmless(node: Node | undefined): boolean {
  if (node?.type !== "Literal") return false;
  const { value } = node;
  return typeof value !== "string" || /^(?:[a-z]+:(?:\/\/)?|\/.*)$/i.test(value);
}

/** A plain value says what kind of thing something is, and is no second address. */
function isPlain(value: unknown): boolean {
  const node = nodeOf(value);
  return node?.type === "Literal" || nameOf(node) === "undefined";
}

const addressesAreParsed: Rule = {
  create(context) {
    const report = (node: Node) => context.report({ node, message });
    return {
      CallExpression(node) {
        const callee = nodeOf(node["callee"]);
        const method = nameOf(callee?.["property"]);
        if (callee?.type !== "MemberExpression" || !searches.has(method)) return;
        const [given] = nodesOf(node["arguments"]);
        const object = nodeOf(callee["object"]);
        const isListed = nodesOf(object?.["elements"]).some((one) => isSpelled(one, spelled));
        const isSearched = around.has(method) && isSpelled(object, spelled) && !isHarmless(given);
        if (isEither(given) || isListed || isSearched) report(node);
      },
      BinaryExpression(node) {
        if (!/^[!=]==?$/.test(String(node["operator"]))) return;
        const { left, right } = node;
        if (isPlain(left) || isPlain(right)) return;
        if (isSpelled(left, spelled) || isSpelled(right, spelled)) report(node);
      },
      NewExpression(node) {
        const [given] = nodesOf(node["arguments"]);
        if (nameOf(node["callee"]) === "RegExp" && isEither(given)) report(node);
        if (nameOf(node["callee"]) === "Set" && isSpelled(given, spelled)) report(node);
      },
    };
  },
};

const terminalMessage =
  "Words for a terminal go through `say` and `sayJson` (src/edge/cli/io.ts), which let none of them act on it: docs/decisions/0121.";

const wordsAreSaid: Rule = {
  create: (context) => ({
    CallExpression(node) {
      const callee = nodeOf(node["callee"]);
      if (callee?.type !== "MemberExpression") return;
      const object = nodeOf(callee["object"]);
      const stream = nameOf(object?.["property"]) || nameOf(object);
      const isStream = stream === "stdout" || stream === "stderr";
      if (stream === "console" || (isStream && /^(?:write|end)$/.test(nameOf(callee["property"]))))
        context.report({ node, message: terminalMessage });
    },
  }),
};

const operationsMessage =
  "The API is called by operation (#contract), so that a route that moves moves its callers along: docs/decisions/0131.";

/** What sends a request, by its name; each takes the address first, or in `url` or `path`. */
const senders = /^(?:fetch|inject|getJson|request|open|URL)$/;
const httpMethods = /^(?:GET|POST|PUT|PATCH|DELETE)$/;

/** A text that leads below the API's root, from the root of a server or behind the address of one. */
function leadsToApi(value: unknown): boolean {
  const node = nodeOf(value);
  if (node?.type === "Literal")
    return typeof node["value"] === "string" && node["value"].startsWith("/api/v1");
  if (node?.type !== "TemplateLiteral") return false;
  const [first, second] = nodesOf(node["quasis"]).map(({ value: part }) => (part as { raw: string }).raw);
  return first?.startsWith("/api/v1") === true || (first === "" && second?.startsWith("/api/v1") === true);
}

function isMethod(value: unknown): boolean {
  const node = nodeOf(value);
  return node?.type === "Literal" && httpMethods.test(String(node["value"]));
}

const operationsAreCalled: Rule = {
  create(context) {
    const report = (node: Node) => context.report({ node, message: operationsMessage });
    function look(node: Node): void {
      const callee = nodeOf(node["callee"]);
      const name = nameOf(callee?.["property"]) || nameOf(callee);
      const given = nodesOf(node["arguments"]);
      const isByPath = /^(?:call|raw)$/.test(name) && given.slice(0, 2).some(isMethod);
      if (isByPath || (senders.test(name) && leadsToApi(given[0]))) report(node);
    }
    return {
      CallExpression: look,
      NewExpression: look,
      Property(node) {
        if (/^(?:url|path)$/.test(nameOf(node["key"])) && leadsToApi(node["value"])) report(node);
      },
    };
  },
};

// oxlint-disable-next-line import/no-default-export -- what oxlint asks of a plugin
export default {
  meta: { name: "galley" },
  rules: {
    "addresses-are-parsed": addressesAreParsed,
    "operations-are-called": operationsAreCalled,
    "words-are-said": wordsAreSaid,
  },
};
