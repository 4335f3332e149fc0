import type { EmulatorRequest } from "../http.ts";
import { parseFields } from "./fields.ts";
import { graphParams, isRecord, parsed } from "./params.ts";
import { prefixes } from "./state.ts";

type Param = { name: string; required: boolean; type: string };
type Edge = { method: string; endpoint: string; params: Param[] };
type Node = { apis: Edge[]; fields: Set<string> };

/** Parameters that every request may carry, which the specification does not repeat. */
const common = new Set([
  "access_token",
  "appsecret_proof",
  "appsecret_time",
  "fields",
  "limit",
  "after",
  "before",
  "since",
  "until",
  "summary",
  "locale",
]);

function optional(...params: [name: string, type: string][]): Param[] {
  return params.map(([name, type]) => ({ name, type, required: false }));
}

/**
 * What Meta documents on its pages but leaves out of the published specification, by node:
 * multipart photos (Page Photos, "Upload a photo"), comments on a Page's post (Object Comments), the
 * container (IG Container), videos, and the tasks of a Page.
 */
const documented: Record<string, { edges: Edge[]; fields: string[] }> = {
  User: { edges: [], fields: ["tasks"] },
  Page: {
    edges: [{ method: "POST", endpoint: "photos", params: optional(["source", "file"]) }],
    fields: ["tasks", "id"],
  },
  PagePost: {
    edges: [
      {
        method: "POST",
        endpoint: "comments",
        params: [
          { name: "message", type: "string", required: true },
          ...optional(["attachment_id", "string"], ["attachment_url", "string"]),
        ],
      },
    ],
    fields: [],
  },
  Comment: { edges: [], fields: ["id", "message", "created_time", "from", "permalink_url"] },
  IGComment: { edges: [], fields: ["id", "text", "timestamp", "username", "from"] },
  Container: {
    edges: [{ method: "GET", endpoint: "", params: [] }],
    fields: ["id", "status", "status_code", "copyright_check_status"],
  },
  Video: {
    edges: [{ method: "GET", endpoint: "", params: [] }],
    fields: ["id", "status", "published", "permalink_url", "description", "created_time"],
  },
};

/**
 * Checks requests against Meta's own specification (facebook-business-sdk-codegen): edges, parameters,
 * their types and enums, and the fields asked for. What `startMeta` takes as `validate`.
 */
export function graphValidator(specification: unknown): (request: EmulatorRequest) => string[] {
  const { nodes, enums } = readSpecification(specification);

  function typeProblem(name: string, type: string, value: string): string | null {
    const wrong = `${name} is no ${type}: ${value.slice(0, 60)}`;
    const choices = enums.get(type);
    if (choices) return choices.has(value) ? null : `${name} is none of ${[...choices].join(", ")}: ${value}`;
    const list = /^list<(.+)>$/.exec(type)?.[1];
    if (list !== undefined || type === "list") {
      const items = parsed(value);
      // A list of ids may also be written with commas.
      const each = Array.isArray(items) ? items : value.split(",");
      const words = each.map((item: unknown) => (typeof item === "string" ? item : JSON.stringify(item)));
      return (
        words.map((word) => typeProblem(name, list ?? "string", word)).find((one) => one !== null) ?? null
      );
    }
    switch (type) {
      case "bool":
        return value === "true" || value === "false" ? null : wrong;
      case "unsigned int":
        return /^\d+$/.test(value) ? null : wrong;
      case "int":
        return /^-?\d+$/.test(value) ? null : wrong;
      case "datetime":
        return /^\d+$/.test(value) || !Number.isNaN(Date.parse(value)) ? null : wrong;
      case "Object":
      case "map":
        return isRecord(parsed(value)) ? null : wrong;
      default:
        return null;
    }
  }

  return (request) => {
    const path = request.path.replace(/^\/v\d+\.\d+(?=\/)/, "");
    if (!isGraph(path)) return [];
    const [, id = "", edge = ""] = path.split("/");
    const name = nodeOf(id, edge);
    const node = nodes.get(name);
    const api = node?.apis.filter((one) => one.method === request.method && one.endpoint === edge) ?? [];
    if (api.length === 0) return [`${name} has no ${request.method} /${edge}`];
    const { values, files } = graphParams(request);
    const known = new Map(api.flatMap(({ params }) => params.map((param) => [param.name, param])));
    const problems = [...values].flatMap(([key, value]) => {
      const param = known.get(key);
      if (param) return typeProblem(key, param.type, value) ?? [];
      return common.has(key) ? [] : [`${request.method} ${name}/${edge} has no parameter ${key}`];
    });
    for (const key of files.keys()) {
      if (!known.has(key)) problems.push(`${request.method} ${name}/${edge} takes no file ${key}`);
    }
    for (const param of known.values()) {
      if (param.required && !values.has(param.name)) problems.push(`${param.name} is missing`);
    }
    const result = edge === "" ? name : (results[edge] ?? name);
    const answers = edge === "comments" && name === "IGMedia" ? "IGComment" : result;
    return [...problems, ...fieldProblems(answers, nodes.get(answers), values.get("fields"))];
  };
}

/** What an edge answers with, for the fields that it may be asked for. */
const results: Record<string, string> = {
  accounts: "Page",
  published_posts: "PagePost",
  feed: "PagePost",
  posts: "PagePost",
  comments: "Comment",
  media: "IGMedia",
  content_publishing_limit: "ContentPublishingLimitResponse",
};

/** Login, tokens and pages for people are no part of the specification. */
function isGraph(path: string): boolean {
  return !/^\/(dialog\/|oauth\/|debug_token|p\/|$)/.test(path);
}

function nodeOf(id: string, edge: string): string {
  if (edge === "comments") return id.startsWith(prefixes.media) ? "IGMedia" : "PagePost";
  if (id === "me") return edge === "" || edge === "accounts" || edge === "permissions" ? "User" : "Page";
  if (id.includes("_")) return "PagePost";
  if (id.startsWith(prefixes.instagram)) return "IGUser";
  if (id.startsWith(prefixes.media)) return "IGMedia";
  if (id.startsWith(prefixes.container)) return "Container";
  if (id.startsWith(prefixes.video)) return "Video";
  if (id.startsWith(prefixes.page)) return "Page";
  return id.startsWith(prefixes.user) ? "User" : "Photo";
}

function readSpecification(value: unknown): { nodes: Map<string, Node>; enums: Map<string, Set<string>> } {
  if (!isRecord(value) || !isRecord(value["nodes"]) || !isRecord(value["enums"])) {
    throw new TypeError("this is no specification of the Graph API");
  }
  const nodes = new Map<string, Node>();
  for (const [name, node] of Object.entries(value["nodes"])) {
    if (isRecord(node))
      nodes.set(name, { apis: list(node["apis"]).map(edgeOf), fields: names(node["fields"]) });
  }
  for (const [name, { edges, fields }] of Object.entries(documented)) {
    const node = nodes.get(name) ?? { apis: [], fields: new Set<string>() };
    node.apis.push(...edges);
    for (const field of fields) node.fields.add(field);
    nodes.set(name, node);
  }
  const enums = new Map<string, Set<string>>();
  for (const [name, one] of Object.entries(value["enums"])) {
    if (isRecord(one)) enums.set(name, new Set(list(one["values"]).map(String)));
  }
  return { nodes, enums };
}

function edgeOf(value: unknown): Edge {
  const api = isRecord(value) ? value : {};
  const params = list(api["params"]).map((one) => {
    const param = isRecord(one) ? one : {};
    return { name: String(param["name"]), required: param["required"] === true, type: String(param["type"]) };
  });
  // Nodes themselves are written as `#get`, without an endpoint.
  const { endpoint } = api;
  return { method: String(api["method"]), endpoint: typeof endpoint === "string" ? endpoint : "", params };
}

function names(value: unknown): Set<string> {
  return new Set(list(value).map((one) => (isRecord(one) ? String(one["name"]) : "")));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldProblems(node: string, result: Node | undefined, fields: string | undefined): string[] {
  if (fields === undefined || result === undefined) return [];
  const edges = new Set(result.apis.map(({ endpoint }) => endpoint));
  return [...parseFields(fields).keys()]
    .filter((field) => field !== "id" && !result.fields.has(field) && !edges.has(field))
    .map((field) => `${node} has no field ${field}`);
}
