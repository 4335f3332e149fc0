import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Problem } from "#kit";
import { HttpError } from "../errors.ts";
import { createValidatorCompiler } from "../input/schemas.ts";
import { problemOf } from "./problems.ts";

/** Words of programs, and of the libraries below: nobody can act on them. */
const jargon =
  /\b(?:[Ii]nvalid|undefined|NaN|[Mm]alformed|well-formed|[Uu]nparsable|[Ss]chema|[Ss]tack trace|[Ee]xception|instancePath|keyword|[Pp]attern|[Rr]eg[Ee]x|FST_\w+|EPIPE|ECONN\w+|ENOENT|must NOT|[Bb]ad [Rr]equest|[Uu]nprocessable|[Uu]nexpected token|[Ee]xpected \w+, received)\b/u;

/** A sentence, or several: it begins as one, ends as one, and says more than a code. */
function faultsOf(text: string): string[] {
  const faults: string[] = [];
  if (!/^[\p{Lu}\p{N}"“'`]/u.test(text)) faults.push("does not begin as a sentence");
  if (!/(?:[.?!…]["”)]?|Something)$/u.test(text)) faults.push("does not end as a sentence");
  if (jargon.test(text)) faults.push(`says "${jargon.exec(text)?.[0]}"`);
  if (/^\S+$/u.test(text)) faults.push("is one word");
  return faults;
}

const root = new URL("../../../../", import.meta.url);
const literal = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gu;

function sources(): string[] {
  return ["src", "web/src"].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/u.test(name) && !/\.test\.ts$|\.gen\.ts$/u.test(name))
      .map((name) => `${folder}/${name}`),
  );
}

/** What stands for a value in a template stands for a sentence's part here. */
function read(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/gu, "Something")
    .replaceAll("\\`", "'");
}

/** Each error that is thrown somewhere, by its code: `code: "module.reason"` with a `message` beside it. */
function thrown(): { code: string; message: string; file: string }[] {
  return sources().flatMap((file) => {
    const text = readFileSync(new URL(file, root), "utf8");
    const pairs = text.matchAll(
      /code: "([a-z_]+\.[a-z_]+)",(?:\s*kind: "\w+",)?\s*message:\s*("[^"\n]*"|`[^`]*`)/gu,
    );
    return [...pairs].map(([, code = "", message = ""]) => ({ code, message: read(message), file }));
  });
}

/** Texts that this reading does not understand (a template in a template), or that are meant to be otherwise. */
function isOther(code: string, message: string): boolean {
  const otherwise: Record<string, string> = {
    "http.internal": "nobody reads it; the general advice stands in its place",
    "db.roles": "ends with the statements to run",
    "secrets.wrong_key": "is written in two parts",
  };
  return message.includes("${") || code in otherwise;
}

describe("what people read when something is wrong", () => {
  test("every error by its code is told in sentences that say what to do", () => {
    const errors = thrown();
    expect(errors.length).toBeGreaterThan(150);
    const faulty = errors
      .map(({ message, ...where }) => ({ ...where, message, faults: faultsOf(message) }))
      .filter(({ code, message, faults }) => faults.length > 0 && !isOther(code, message));
    expect(faulty).toEqual([]);
  });

  test("no text of the dashboard speaks as a program does", () => {
    const texts = sources()
      .filter((file) => file.endsWith("/messages.ts"))
      .flatMap((file) =>
        (readFileSync(new URL(file, root), "utf8").match(literal) ?? []).map((text) => ({
          file,
          text: read(text),
        })),
      );
    expect(texts.length).toBeGreaterThan(500);
    expect(texts.filter(({ text }) => jargon.test(text))).toEqual([]);
  });

  test("every status has a title of its own, whatever Fastify and its parts say", () => {
    for (const statusCode of [400, 404, 408, 411, 413, 414, 415, 429, 500, 503, 418]) {
      const error = Object.assign(new Error("Unexpected token } in JSON"), { code: "FST_ERR_X", statusCode });
      const { title, detail } = problemOf(error, "r").document;
      expect({ statusCode, title }).toEqual({
        statusCode,
        title: expect.stringMatching(/^[A-Z][a-z]+ .+|^Not .+/u),
      });
      expect({ statusCode, faults: faultsOf(detail) }).toEqual({ statusCode, faults: [] });
    }
  });
});

/** One schema for each rule that a field may have, and what breaks it; both validators meet the same. */
const fields: [z.ZodType, unknown[]][] = [
  [z.string().min(1).max(3), [1, "", "long", null, undefined]],
  [z.string().min(4), ["abc"]],
  [z.array(z.string()).min(1).max(2), ["x", [], ["a", "b", "c"], [1]]],
  [z.array(z.string()).min(2), [["a"]]],
  [z.int().min(1).max(9), ["x", 0, 10, 1.5]],
  [z.number().gt(0).lt(1), [0, 1]],
  [z.number().multipleOf(5), [3]],
  [z.boolean(), ["yes"]],
  [z.enum(["a", "b"]), ["c", 1]],
  [z.literal("a"), ["b"]],
  [z.uuid(), ["x"]],
  [z.email(), ["x"]],
  [z.url(), ["x"]],
  [z.iso.date(), ["x"]],
  [z.iso.datetime({ offset: true }), ["x"]],
  [z.string().regex(/^[a-z]+$/u), ["1"]],
  [z.record(z.string().max(2), z.string()), [{ a: 1 }, "x"]],
  [z.strictObject({ a: z.string() }), [{ a: "x", b: 1 }, {}, null]],
  [z.discriminatedUnion("kind", [z.object({ kind: z.literal("a"), n: z.int() })]), [{ kind: "b" }, {}]],
  [z.union([z.string(), z.int()]), [true]],
  [z.string().nullable(), [1]],
];

describe("what is said about an input that does not fit", () => {
  const compile = createValidatorCompiler();

  function problems(schema: z.ZodType, value: unknown): readonly Problem[] {
    const validate = compile({ schema, httpPart: "body", method: "POST", url: "/" });
    const answer: unknown = validate({ field: value });
    const error = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : null;
    if (!(error instanceof HttpError)) throw new Error(`${JSON.stringify(value)} was taken`);
    return [{ path: "", code: error.code, message: error.message }, ...error.problems];
  }

  test.each(fields.map(([field, wrong]) => ({ rule: JSON.stringify(z.toJSONSchema(field)), field, wrong })))(
    "$rule",
    ({ field, wrong }) => {
      // With a rule of its own code, Zod is asked as well, and alone says what its JSON Schema cannot.
      const schemas = [z.object({ field }), z.object({ field }).refine(() => true)];
      for (const value of wrong) {
        for (const schema of schemas) {
          for (const { message } of problems(schema, value)) {
            expect({ value, message, faults: faultsOf(message) }).toEqual({ value, message, faults: [] });
          }
        }
      }
      const direct = z.object({ field }).safeParse({ field: wrong[0] });
      expect(direct.success).toBe(false);
    },
  );
});
