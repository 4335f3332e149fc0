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

const keysMessage =
  "The keys of queries come from `keys` (web/src/api/keys.ts), so that what a change makes stale is found: docs/decisions/0137.";

/** What a client of queries takes a key for, by its name. */
const keyTakers = /^(?:get|set)Quer(?:yData|yState|yDefaults)$/;

function isList(value: unknown): boolean {
  const node = nodeOf(value);
  if (node?.type === "TSAsExpression") return isList(node["expression"]);
  return node?.type === "ArrayExpression";
}

const keysAreNamed: Rule = {
  create: (context) => ({
    Property(node) {
      if (nameOf(node["key"]) === "queryKey" && isList(node["value"]))
        context.report({ node, message: keysMessage });
    },
    CallExpression(node) {
      const method = nameOf(nodeOf(node["callee"])?.["property"]);
      const [given] = nodesOf(node["arguments"]);
      if (keyTakers.test(method) && isList(given)) context.report({ node, message: keysMessage });
    },
  }),
};

const textsMessage =
  "Words that people read are texts, t`…` of web/src/lib/texts.ts in the messages.ts of their room: docs/decisions/0133.";

/** Attributes that are read or heard. */
const readAttributes =
  /^(?:aria-(?:label|description|roledescription|valuetext)|title|placeholder|alt|label|lead|help|description|hint|empty|heading)$/;
/** Words, but for the name of Galley and an address that merely shows how one looks. */
const anyWord = /^(?!\s*(?:https?:\/\/\S*|Galley)\s*$)[^]*\p{L}{2}/u;
/** As a sentence begins: nothing that code is told apart by looks so. */
const sentence = /^\p{Lu}[\p{Ll}'’]* [^]*\p{L}{2}/u;

function wordsOf(value: unknown): string {
  const node = nodeOf(value);
  if (node?.type === "JSXText" || node?.type === "Literal")
    return typeof node["value"] === "string" ? node["value"] : "";
  if (node?.type !== "TemplateLiteral") return "";
  const parts = nodesOf(node["quasis"]).map((part) => part["value"] as { raw: string });
  return parts.map(({ raw }) => raw).join(" … ");
}

/** What an expression may come to, where it is chosen from several. */
function outcomesOf(value: unknown): Node[] {
  const node = nodeOf(value);
  if (node === null) return [];
  if (node.type === "ConditionalExpression")
    return [...outcomesOf(node["consequent"]), ...outcomesOf(node["alternate"])];
  if (node.type === "LogicalExpression") return [...outcomesOf(node["left"]), ...outcomesOf(node["right"])];
  if (node.type === "JSXExpressionContainer") return outcomesOf(node["expression"]);
  return [node];
}

const wordsAreTexts: Rule = {
  create(context) {
    /** Translated, or thrown at who writes the code: an error that people read is no plain one. */
    const allowed = new Set<Node>();
    const told = new Set<Node>();
    const report = (node: Node) => {
      if (allowed.has(node) || told.has(node)) return;
      told.add(node);
      context.report({ node, message: textsMessage });
    };
    const check = (value: unknown, words: RegExp) => {
      for (const node of outcomesOf(value)) if (words.test(wordsOf(node))) report(node);
    };
    return {
      TaggedTemplateExpression(node) {
        const quasi = nodeOf(node["quasi"]);
        if (quasi) allowed.add(quasi);
      },
      CallExpression(node) {
        if (!/^(?:t|plural)$/.test(nameOf(node["callee"]))) return;
        for (const object of nodesOf(node["arguments"]))
          for (const property of nodesOf(object["properties"])) {
            const value = nodeOf(property["value"]);
            if (value) allowed.add(value);
          }
      },
      BinaryExpression(node) {
        if (!/^[!=]==$/.test(String(node["operator"]))) return;
        // What a value is compared with is not shown.
        for (const side of [nodeOf(node["left"]), nodeOf(node["right"])]) if (side) allowed.add(side);
      },
      NewExpression(node) {
        if (!/^(?:|Type|Range|Syntax)Error$/.test(nameOf(node["callee"]))) return;
        for (const given of nodesOf(node["arguments"])) allowed.add(given);
      },
      JSXElement: (node) => nodesOf(node["children"]).forEach((child) => check(child, anyWord)),
      JSXFragment: (node) => nodesOf(node["children"]).forEach((child) => check(child, anyWord)),
      JSXAttribute(node) {
        if (readAttributes.test(String(nodeOf(node["name"])?.["name"]))) check(node["value"], anyWord);
      },
      Literal: (node) => check(node, sentence),
      TemplateLiteral: (node) => check(node, sentence),
    };
  },
};

// oxlint-disable-next-line import/no-default-export -- what oxlint asks of a plugin
export default {
  meta: { name: "galley" },
  rules: {
    "addresses-are-parsed": addressesAreParsed,
    "keys-are-named": keysAreNamed,
    "operations-are-called": operationsAreCalled,
    "words-are-said": wordsAreSaid,
    "words-are-texts": wordsAreTexts,
  },
};
