import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import build from "fast-json-stringify";
import type { FastifySchemaCompiler, FastifySerializerCompiler } from "fastify";
import { z } from "zod";
import type { Problem } from "#kit";
import { HttpError } from "../errors.ts";
import { tellingErrors } from "./branches.ts";
import { formName, wordsOfError, wordsOfIssue } from "./words.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Rules that JSON Schema cannot say: `.refine()`, `.transform()`, `.trim()`, `.catch()` and their like. */
const runtimeChecks = new Set(["custom", "overwrite"]);
const runtimeTypes = new Set(["transform", "pipe", "custom", "catch", "prefault", "codec", "readonly"]);

/** `complete`: the JSON Schema says all that the Zod schema does, so that Ajv alone can validate. */
function inputSchema(schema: z.ZodType): { json: JsonSchema; complete: boolean } {
  let complete = true;
  const json = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      const checks = def.checks ?? [];
      if (runtimeTypes.has(def.type) || checks.some((check) => runtimeChecks.has(check._zod.def.check))) {
        complete = false;
      }
      boundInteger(jsonSchema);
      // Of an address, JSON Schema knows the form alone: "javascript:…" has it too.
      if (jsonSchema.format === "uri") complete = false;
      // The pattern says more than the format, and checking both is wasted time; the format's name is for people.
      if (jsonSchema.pattern !== undefined && jsonSchema.format !== undefined) {
        jsonSchema[formName] = jsonSchema.format;
        delete jsonSchema.format;
      }
    },
  });
  return { json, complete: complete && json.default === undefined && !hidesDefaults(json, false) };
}

/** The integers of the database's columns, and of JSON where nobody says less. */
const column = { minimum: -2_147_483_648, maximum: 2_147_483_647 };

/** An integer on the wire is one that a column can hold, unless its schema names other bounds. */
function boundInteger(schema: JsonSchema): void {
  if (schema.type !== "integer") return;
  if ((schema.minimum ?? Number.MIN_SAFE_INTEGER) <= Number.MIN_SAFE_INTEGER) schema.minimum = column.minimum;
  if ((schema.maximum ?? Number.MAX_SAFE_INTEGER) >= Number.MAX_SAFE_INTEGER) schema.maximum = column.maximum;
}

/** Ajv fills in defaults of properties, but none inside these, since it tries several branches. */
const branching = new Set(["anyOf", "oneOf", "not", "if", "then", "else"]);

/** True where a default stands in a branch, or stands for the whole: only Zod fills those in. */
function hidesDefaults(schema: unknown, inBranch: boolean): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  if (Array.isArray(schema)) return schema.some((one) => hidesDefaults(one, inBranch));
  return Object.entries(schema).some(([key, value]) => {
    if (key === "properties" && typeof value === "object" && value !== null) {
      // The names of properties are no keywords.
      return Object.values(value).some(
        (property) =>
          (inBranch && typeof property === "object" && property !== null && "default" in property) ||
          hidesDefaults(property, inBranch),
      );
    }
    return hidesDefaults(value, inBranch || branching.has(key));
  });
}

function outputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    target: "draft-7",
    io: "output",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Arbitrary JSON: `JSON.stringify` is right and fast for it.
      if (zodSchema._zod.def.type === "lazy")
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      // Text is written as it stands; its pattern was our own promise.
      delete jsonSchema.pattern;
      makeNullable(jsonSchema);
    },
  });
}

/** For readers: JSON Schema 2020-12, which OpenAPI 3.1 uses. */
export function documentedSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "lazy")
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      if (io === "input") boundInteger(jsonSchema);
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return json;
}

/** `anyOf [X, null]` makes the serialiser validate each value twice; `nullable` does not. */
function makeNullable(schema: JsonSchema): void {
  const [only, ...others] = schema.anyOf?.filter((option) => !isNull(option)) ?? [];
  if (schema.anyOf?.length !== 2 || typeof only !== "object" || others.length > 0) return;
  delete schema.anyOf;
  Object.assign(schema, only, { nullable: true });
}

function isNull(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && "type" in schema && schema.type === "null";
}

type Use<Result> = (data: unknown) => Result;

/**
 * One function for each schema, compiled when it is first called: of what a start could compile, most is not called
 * soon, and many routes share a schema.
 */
function compiledOnce<Result>(compile: (schema: z.ZodType) => Use<Result>) {
  const known = new WeakMap<z.ZodType, Use<Result>>();
  return (schema: z.ZodType): Use<Result> => {
    let compiled: Use<Result> | undefined;
    const use = known.get(schema) ?? ((data) => (compiled ??= compile(schema))(data));
    known.set(schema, use);
    return use;
  };
}

type Validated = { value: unknown } | { error: HttpError };

function compileValidator(ajv: Ajv, schema: z.ZodType): Use<Validated> {
  const { json, complete } = inputSchema(schema);
  const validate: ValidateFunction = ajv.compile(json);
  return (data) => {
    if (!validate(data)) return { error: invalidInput(problemsOf(validate.errors ?? [])) };
    if (complete) return { value: data };
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    return { error: invalidInput(result.error.issues.map(problemOfIssue)) };
  };
}

/**
 * Validates with Ajv, compiled when a route is first called. Query strings, parameters and headers
 * are text, so numbers and booleans are read from it there; a body is taken as it is. Where a schema
 * holds rules of its own code, Zod runs after Ajv and its output is what the handler gets.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<z.ZodType> {
  const shared = {
    useDefaults: true,
    removeAdditional: false,
    allErrors: true,
    strict: false,
    verbose: true,
  } as const;
  const exact = formats.default(new Ajv(shared));
  const coercing = formats.default(new Ajv({ ...shared, coerceTypes: "array" }));
  const bodies = compiledOnce((schema) => compileValidator(exact, schema));
  const texts = compiledOnce((schema) => compileValidator(coercing, schema));
  return ({ schema, httpPart }) => (httpPart === "body" ? bodies(schema) : texts(schema));
}

/** Writes answers with fast-json-stringify: fields that a schema does not name never leave. */
export function createSerializerCompiler(): FastifySerializerCompiler<z.ZodType> {
  const writers = compiledOnce((schema) => build(outputSchema(schema) as Parameters<typeof build>[0]));
  return ({ schema }) => (schema instanceof z.ZodNull ? () => "" : writers(schema));
}

/** An error of validation, told to the client with a JSON Pointer per problem. */
function invalidInput(problems: Problem[]): HttpError {
  const message =
    problems.length === 1
      ? (problems[0]?.message ?? "")
      : `${problems.length} fields need another look; each says what it needs.`;
  return new HttpError({ code: "http.invalid_input", kind: "invalid", message, problems });
}

function problemsOf(errors: ErrorObject[]): Problem[] {
  return tellingErrors(errors)
    .slice(0, 20)
    .map((error) => ({
      path: pathOf(error),
      code: `http.${error.keyword.replaceAll(/([A-Z])/g, "_$1").toLowerCase()}`,
      message: wordsOfError(error),
    }));
}

function pathOf(error: ErrorObject): string {
  const missing: unknown = error.params["missingProperty"];
  return typeof missing === "string" ? `${error.instancePath}/${missing}` : error.instancePath;
}

function problemOfIssue(issue: z.core.$ZodIssue): Problem {
  const path = issue.path
    .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
  return { path, code: `http.${issue.code}`, message: wordsOfIssue(issue) };
}
