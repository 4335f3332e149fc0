import type { z } from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const most = 40;

/**
 * Values that a JSON Schema describes: each branch of each union once, with what is required alone. Formats and
 * patterns are met where they are common; what else a schema asks for may be missed.
 */
export function samplesOf(schema: JsonSchema): unknown[] {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return branches.flatMap((branch) => samplesOf(branch)).slice(0, most);
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum) return schema.enum.slice(0, 3);
  if (schema.type === "object") return objectsOf(schema);
  if (schema.type === "array") return arraysOf(schema);
  return [plain(schema)];
}

function objectsOf(schema: JsonSchema): unknown[] {
  const required = new Set(schema.required ?? []);
  let samples: Record<string, unknown>[] = [{}];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const values = samplesOf(property as JsonSchema);
    const withValue = samples.flatMap((sample) => values.map((value) => ({ ...sample, [name]: value })));
    // What is not required is there and missing, so that its defaults are seen on both levels.
    samples = (required.has(name) ? withValue : [...samples, ...withValue]).slice(0, most);
  }
  return samples;
}

function arraysOf(schema: JsonSchema): unknown[] {
  const items = typeof schema.items === "object" && !Array.isArray(schema.items) ? schema.items : {};
  const some = samplesOf(items).map((item) => [item]);
  return (schema.minItems ?? 0) > 0 ? some : [[], ...some];
}

const formats: Record<string, string> = {
  uuid: "01a2289c-a9d3-762b-81fc-f5df342cc93f",
  "date-time": "2031-01-01T09:00:00Z",
  date: "2031-01-01",
  time: "09:00:00",
  uri: "https://example.com/",
  email: "ada@example.com",
};

function plain(schema: JsonSchema): unknown {
  if (schema.type === "null") return null;
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return Math.max(1, schema.minimum ?? 1);
  if (schema.type !== "string") return "anything";
  const known = formats[schema.format ?? ""];
  if (known !== undefined) return known;
  if (schema.pattern?.includes("[0-5]")) return "09:00";
  return "text".padEnd(schema.minLength ?? 0, "x").slice(0, schema.maxLength ?? 4);
}
