import { escapeHtml } from "#kit";

/** The part of an OpenAPI document that the page shows; anything else in it is ignored. */
type Json = { [key: string]: unknown };
type Operation = { method: string; path: string; details: Json };

const methods = ["get", "post", "put", "patch", "delete"];

/**
 * An OpenAPI 3.1 document as one HTML page to read: operations by tag with parameters, bodies and
 * answers. Everything from the document is escaped; the page has no scripts.
 */
export function referencePage(document: object): string {
  const { info, paths } = document as { info?: Json; paths?: Json };
  const byTag = Map.groupBy(operationsOf(paths ?? {}), (operation) => tagOf(operation));
  const tags = [...byTag].toSorted(([left], [right]) => left.localeCompare(right));
  const navigation = tags.map(
    ([tag, operations]) =>
      `<section><h2>${escapeHtml(tag)}</h2>${operations.map((operation) => link(operation)).join("")}</section>`,
  );
  const content = tags.map(
    ([tag, operations]) =>
      `<section><h2>${escapeHtml(tag)}</h2>${operations.map(article).join("")}</section>`,
  );
  const title = `${text(info?.["title"])} API ${text(info?.["version"])}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${style}</style></head>
<body><nav aria-label="Operations"><a class="name" href="#top">${title}</a>${navigation.join("")}</nav>
<main id="top"><h1>${title}</h1><p class="lead">${prose(info?.["description"])}</p>
<p><a href="/openapi.json">openapi.json</a> · <a href="/docs">try it out</a></p>${content.join("")}</main></body></html>`;
}

function operationsOf(paths: Json): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const details = isObject(item) ? item[method] : undefined;
      return isObject(details) ? [{ method, path, details }] : [];
    }),
  );
}

function tagOf({ details }: Operation): string {
  const [tag] = Array.isArray(details["tags"]) ? details["tags"] : [];
  return typeof tag === "string" ? tag : "Other";
}

function anchor({ details, method, path }: Operation): string {
  return text(details["operationId"]) || escapeHtml(`${method}${path}`);
}

function badge({ method }: Operation): string {
  return `<b class="${method}">${method.toUpperCase()}</b>`;
}

function link(operation: Operation): string {
  const summary = operation.details["summary"] ?? operation.path;
  return `<a href="#${anchor(operation)}">${badge(operation)} ${text(summary)}</a>`;
}

function article(operation: Operation): string {
  const { details, path } = operation;
  const parameters = Array.isArray(details["parameters"]) ? details["parameters"].filter(isObject) : [];
  const responses = isObject(details["responses"]) ? Object.entries(details["responses"]) : [];
  const body = schemaOf(details["requestBody"]);
  return `<article id="${anchor(operation)}"><h3>${text(details["summary"])}</h3>
<p class="path">${badge(operation)} <code>${escapeHtml(path)}</code></p><p>${prose(details["description"])}</p>
${parameters.length > 0 ? `<h4>Parameters</h4><dl>${parameters.map(parameter).join("")}</dl>` : ""}
${body ? `<h4>Body</h4>${fields(body)}` : ""}
<h4>Answers</h4>${responses.map(([status, response]) => answer(status, response)).join("")}</article>`;
}

function parameter(details: Json): string {
  const schema = isObject(details["schema"]) ? details["schema"] : {};
  return field(
    text(details["name"]),
    { ...schema, description: details["description"] },
    details["required"] === true,
  );
}

function answer(status: string, response: unknown): string {
  const description = isObject(response) ? text(response["description"]) : "";
  const schema = schemaOf(response);
  const summary = `<code>${escapeHtml(status)}</code> ${description}`;
  return schema ? `<details><summary>${summary}</summary>${fields(schema)}</details>` : `<p>${summary}</p>`;
}

/** The schema of the first media type of a body or an answer. */
function schemaOf(holder: unknown): Json | null {
  if (!isObject(holder) || !isObject(holder["content"])) return null;
  const [media] = Object.values(holder["content"]);
  return isObject(media) && isObject(media["schema"]) ? media["schema"] : null;
}

function fields(schema: Json): string {
  const properties = isObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const required: unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  if (properties.length > 0) {
    const items = properties.map(([name, child]) =>
      isObject(child) ? field(escapeHtml(name), child, required.includes(name)) : "",
    );
    return `<dl>${items.join("")}</dl>`;
  }
  const options = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(options))
    return options
      .filter(isObject)
      .map((option) => `${fields(option)}<p>or</p>`)
      .join("")
      .slice(0, -9);
  if (isObject(schema["items"])) return fields(schema["items"]);
  return typeName(schema) === "" ? "" : `<p>${typeName(schema)}</p>`;
}

function field(name: string, schema: Json, required: boolean): string {
  const mark = required ? ' <span class="required">required</span>' : "";
  const nested =
    schema["properties"] || schema["items"] || schema["oneOf"] || schema["anyOf"] ? fields(schema) : "";
  return `<dt><code>${name}</code> <span>${typeName(schema)}</span>${mark}</dt><dd>${prose(schema["description"])}${nested}</dd>`;
}

function typeName(schema: Json): string {
  const { type, format, items } = schema;
  if (Array.isArray(schema["enum"]))
    return schema["enum"].map((value) => escapeHtml(JSON.stringify(value))).join(" | ");
  if (schema["const"] !== undefined) return escapeHtml(JSON.stringify(schema["const"]));
  if (type === "array" && isObject(items)) return `array of ${typeName(items) || "values"}`;
  const name = Array.isArray(type) ? type.join(" | ") : text(type);
  return typeof format === "string" ? `${name} (${escapeHtml(format)})` : name;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Escaped text with `code` marked. */
function prose(value: unknown): string {
  return text(value).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function text(value: unknown): string {
  return typeof value === "string" ? escapeHtml(value) : "";
}

const style = `:root{color-scheme:light dark;--line:light-dark(#e4e4e7,#3f3f46);--soft:light-dark(#52525b,#a1a1aa);
--back:light-dark(#fff,#18181b);--side:light-dark(#fafafa,#111113)}*{box-sizing:border-box}
body{margin:0;font:15px/1.55 system-ui,sans-serif;display:grid;grid-template-columns:20rem minmax(0,1fr);background:var(--back)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;border-right:1px solid var(--line);background:var(--side)}
nav a{display:block;padding:.2rem .4rem;border-radius:.4rem;color:inherit;text-decoration:none;font-size:.87rem}
nav a:hover,nav a:focus-visible{background:var(--line)}nav h2{font-size:.75rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.2rem .4rem .3rem}
.name{font-weight:600}main{padding:2.5rem;max-width:60rem}h1{margin-top:0}.lead{white-space:pre-line;color:var(--soft)}
article{padding:1.5rem 0;border-top:1px solid var(--line)}h3{margin:0 0 .4rem}h4{margin:1rem 0 .3rem;font-size:.85rem}
b{font:600 .68rem ui-monospace,monospace;padding:.1rem .35rem;border-radius:.3rem;border:1px solid currentColor}
.get{color:light-dark(#0369a1,#7dd3fc)}.post{color:light-dark(#15803d,#86efac)}.put,.patch{color:light-dark(#a16207,#fde047)}.delete{color:light-dark(#b91c1c,#fca5a5)}
code{font:.87em ui-monospace,monospace;overflow-wrap:anywhere}dl{margin:.2rem 0;border-left:2px solid var(--line);padding-left:1rem}
dt{margin-top:.4rem}dt span{color:var(--soft);font-size:.85rem}dt .required{color:light-dark(#b91c1c,#fca5a5)}dd{margin:0 0 .3rem;font-size:.9rem}
summary{cursor:pointer}@media(max-width:50rem){body{display:block}nav{position:static;height:auto;max-height:40vh}main{padding:1rem}}`;
