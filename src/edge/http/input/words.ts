import type { ErrorObject } from "ajv";
import type { z } from "zod";

/** What a person or a program reads about one wrong field: what it has to be, in a sentence. Never the schema's own words. */
const wholeAddress = "Use the whole address, beginning with https://.";
const anything = "This is not what belongs here; see the description of the API at /docs.";

const kinds: Record<string, string> = {
  string: "This has to be a text.",
  number: "This has to be a number.",
  integer: "This has to be a whole number.",
  int: "This has to be a whole number.",
  boolean: "This has to be true or false.",
  array: "This has to be a list.",
  object: "This has to be an object with fields.",
  record: "This has to be an object with fields.",
  null: "This has to be empty (null).",
  date: "This has to be a date.",
};

const forms: Record<string, string> = {
  uri: wholeAddress,
  url: wholeAddress,
  email: "Use a whole mail address, as ada@example.com.",
  uuid: "This has to be an id as Galley gives them, as 0198c5f0-7a3b-7c1d-9e2f-3a4b5c6d7e8f.",
  date: "Write the date as 2026-01-31.",
  datetime: "Write date and time with an offset, as 2026-01-31T09:00:00Z.",
  "date-time": "Write date and time with an offset, as 2026-01-31T09:00:00Z.",
  time: "Write the time as 09:00.",
  base64: "This has to be in base64.",
  base64url: "This has to be in base64url.",
};

const unformed = "This is not written in the form that belongs here.";

/** Where a schema keeps the name of the form that its pattern checks. */
export const formName = "x-form";

function count(limit: unknown, one: string, several: string): string {
  return `${String(limit)} ${Number(limit) === 1 ? one : several}`;
}

function atLeast(what: "text" | "list" | "number", limit: unknown): string {
  if (what === "number") return `This has to be ${String(limit)} or more.`;
  if (what === "list")
    return Number(limit) === 1
      ? "Choose at least one."
      : `This needs at least ${count(limit, "entry", "entries")}.`;
  return Number(limit) === 1
    ? "Fill this in; it must not be empty."
    : `This needs at least ${count(limit, "character", "characters")}.`;
}

function atMost(what: "text" | "list" | "number", limit: unknown): string {
  if (what === "number") return `This has to be ${String(limit)} or less.`;
  const units = what === "list" ? count(limit, "entry", "entries") : count(limit, "character", "characters");
  return `This is too long; at most ${units} fit here.`;
}

function oneOf(values: unknown): string {
  const list = (Array.isArray(values) ? values : [values]).map(String);
  return list.length === 1 ? `This has to be ${list[0]}.` : `Use one of: ${list.join(", ")}.`;
}

/** For an error of Ajv, which checks by JSON Schema. */
export function wordsOfError({ keyword, params, parentSchema }: ErrorObject): string {
  const limit: unknown = params["limit"];
  switch (keyword) {
    case "required":
      return "This is missing; it has to be there.";
    case "type": {
      const kind = [params["type"]].flat().find((one) => one !== "null");
      return kinds[String(kind ?? "null")] ?? anything;
    }
    case "minLength":
      return atLeast("text", limit);
    case "maxLength":
      return atMost("text", limit);
    case "minItems":
      return atLeast("list", limit);
    case "maxItems":
      return atMost("list", limit);
    case "minimum":
      return atLeast("number", limit);
    case "maximum":
      return atMost("number", limit);
    case "exclusiveMinimum":
      return `This has to be more than ${String(limit)}.`;
    case "exclusiveMaximum":
      return `This has to be less than ${String(limit)}.`;
    case "multipleOf":
      return `This has to be a multiple of ${String(params["multipleOf"])}.`;
    case "enum":
      return oneOf(params["allowedValues"]);
    case "const":
      return oneOf(params["allowedValue"]);
    case "format":
      return forms[String(params["format"])] ?? unformed;
    case "pattern":
      return forms[String(parentSchema?.[formName])] ?? unformed;
    case "additionalProperties":
      return `There is no field "${String(params["additionalProperty"])}"; leave it out.`;
    case "uniqueItems":
      return "Each entry may stand here once.";
    case "maxProperties":
      return `At most ${count(limit, "field fits", "fields fit")} here.`;
    default:
      return anything;
  }
}

const measured: Record<string, "text" | "list" | "number"> = {
  string: "text",
  array: "list",
  set: "list",
  map: "list",
};

/** For an issue of Zod, where a schema holds rules of its own; what such a rule says is a sentence already. */
export function wordsOfIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "custom":
      return issue.message;
    case "invalid_type":
      return issue.input === undefined
        ? "This is missing; it has to be there."
        : (kinds[issue.expected] ?? anything);
    case "too_small":
      return atLeast(measured[issue.origin] ?? "number", issue.minimum);
    case "too_big":
      return atMost(measured[issue.origin] ?? "number", issue.maximum);
    case "invalid_format":
      return forms[issue.format] ?? unformed;
    case "not_multiple_of":
      return `This has to be a multiple of ${issue.divisor}.`;
    case "unrecognized_keys":
      return `There is no field "${issue.keys.join('", "')}"; leave it out.`;
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
      return anything;
  }
}
