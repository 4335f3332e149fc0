import { type ErrorObject, Ajv } from "ajv";
import formats from "ajv-formats";
import { z } from "zod";
import type { EmulatorRequest } from "#emulator";

/**
 * Judges requests by an official OpenAPI 3.0 document: path, method, every parameter, content type and
 * body. What the document does not know is a violation, since platforms refuse it or, worse, ignore it.
 */
export type SpecValidator = (request: EmulatorRequest) => string[];

const schemaSchema = z.looseObject({ type: z.string().optional(), items: z.looseObject({}).optional() });
type Schema = z.output<typeof schemaSchema>;

const parameterSchema = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header", "cookie"]),
  required: z.boolean().default(false),
  explode: z.boolean().optional(),
  schema: schemaSchema,
});
type Parameter = z.output<typeof parameterSchema>;

const bodySchema = z.object({
  required: z.boolean().default(false),
  content: z.record(z.string(), z.object({ schema: schemaSchema.optional() })),
});

const operationSchema = z.object({
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.unknown().optional(),
  security: z.array(z.unknown()).default([]),
});

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** `ignore`: requests that the document is not about, as consent pages. */
export function specValidator(
  document: unknown,
  options: { ignore(request: EmulatorRequest): boolean },
): SpecValidator {
  const { paths } = documentSchema.parse(document);
  const ajv = new Ajv({ strict: false, allErrors: true, discriminator: false });
  formats.default(ajv);
  ajv.addSchema(withoutExtras(document), "spec");

  function resolved(value: unknown): unknown {
    const reference = z.object({ $ref: z.string() }).safeParse(value);
    if (!reference.success) return value;
    const keys = reference.data.$ref.replace(/^#\//, "").split("/").map(unescapePointer);
    return resolved(
      keys.reduce<unknown>((at, key) => z.record(z.string(), z.unknown()).parse(at)[key], document),
    );
  }

  /** References inside the schema lead into the document. */
  function against(schema: Schema, value: unknown, where: string): string[] {
    const validate = ajv.compile(withDocumentReferences(schema));
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${where}${said(error)}`);
  }

  function judgeParameters(declared: Parameter[], found: Found, request: EmulatorRequest): string[] {
    const problems = declared.flatMap((parameter) => {
      const values = valuesOf(parameter, found, request);
      if (values.length === 0) {
        return parameter.required ? [`${parameter.in} parameter ${parameter.name} is missing`] : [];
      }
      const value = coerced(parameter, values);
      return against(parameter.schema, value, `${parameter.in} parameter ${parameter.name}`);
    });
    const names = new Set(declared.filter((one) => one.in === "query").map(({ name }) => name));
    const unknown = [...new Set(request.query.keys())].filter((name) => !names.has(name));
    return [...problems, ...unknown.map((name) => `query parameter ${name} is unknown`)];
  }

  function judgeBody(declared: unknown, request: EmulatorRequest): string[] {
    const empty = request.body.length === 0;
    if (declared === undefined) return empty ? [] : ["a body where none is taken"];
    const { required, content } = bodySchema.parse(resolved(declared));
    if (empty) return required ? ["the body is missing"] : [];
    const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    const media = content[type];
    if (!media) return [`content type ${type} is not one of ${Object.keys(content).join(", ")}`];
    const body = parsedBody(type, request);
    if (body === undefined) return ["the body cannot be parsed"];
    return media.schema ? against(media.schema, body, "body") : [];
  }

  return (request) => {
    if (options.ignore(request)) return [];
    const found = findPath(Object.keys(paths), request.path);
    if (found === null) return [`no such path: ${request.path}`];
    const item = paths[found.template] ?? {};
    const declared = item[request.method.toLowerCase()];
    if (declared === undefined) return [`${found.template} has no ${request.method}`];
    const operation = operationSchema.parse(declared);
    const shared = z.array(z.unknown()).default([]).parse(item["parameters"]);
    const parameters = [...shared, ...operation.parameters].map((one) =>
      parameterSchema.parse(resolved(one)),
    );
    const unsigned = operation.security.length > 0 && !request.headers.authorization;
    return [
      ...(unsigned ? ["no authorization"] : []),
      ...judgeParameters(parameters, found, request),
      ...judgeBody(operation.requestBody, request),
    ];
  };
}

type Found = { template: string; values: Record<string, string> };

/** The template that fits, those with fewer placeholders first. */
function findPath(templates: string[], path: string): Found | null {
  const byPlaceholders = templates.toSorted(
    (left, right) => left.split("{").length - right.split("{").length,
  );
  for (const template of byPlaceholders) {
    const names = [...template.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
    const pattern = template
      .split(/\{[^}]+\}/)
      .map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join("([^/]+)");
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match === null) continue;
    const values = names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? "")]);
    return { template, values: Object.fromEntries(values) as Record<string, string> };
  }
  return null;
}

function valuesOf(parameter: Parameter, found: Found, request: EmulatorRequest): string[] {
  switch (parameter.in) {
    case "path":
      return [found.values[parameter.name] ?? ""];
    case "query":
      return request.query.getAll(parameter.name);
    case "header":
      return [request.headers[parameter.name.toLowerCase()] ?? []].flat();
    case "cookie":
      return [];
  }
}

/** As the schema's type reads text; what does not read stays text, and is a violation. */
function coerced(parameter: Parameter, values: string[]): unknown {
  const { type, items } = parameter.schema;
  if (type === "array") {
    const list = parameter.explode === false ? values.flatMap((value) => value.split(",")) : values;
    return list.map((value) => scalar(schemaSchema.safeParse(items).data?.type, value));
  }
  return values.length === 1 ? scalar(type, values[0] ?? "") : values;
}

function scalar(type: string | undefined, text: string): unknown {
  if ((type === "integer" || type === "number") && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function parsedBody(type: string, request: EmulatorRequest): unknown {
  const text = request.body.toString("utf8");
  try {
    if (type.endsWith("json")) return JSON.parse(text);
    if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
    return text;
  } catch {
    return undefined;
  }
}

/** JSON Schema knows no discriminator, and examples may hold anything. */
function withoutExtras(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      key === "discriminator" || key === "example" ? undefined : inner,
    ),
  ) as object;
}

function withDocumentReferences(schema: Schema): object {
  return JSON.parse(
    JSON.stringify(schema, (key, inner: unknown) =>
      key === "$ref" && typeof inner === "string" && inner.startsWith("#") ? `spec${inner}` : inner,
    ),
  ) as object;
}

function unescapePointer(key: string): string {
  return decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~");
}

function said(error: ErrorObject): string {
  const extra = error.keyword === "additionalProperties" ? ` (${JSON.stringify(error.params)})` : "";
  return `${error.instancePath} ${error.message ?? error.keyword}${extra}`;
}
