import { expect, test } from "vitest";
import { z } from "zod";
import type { Problem } from "#kit";
import { HttpError } from "../errors.ts";
import { createValidatorCompiler } from "./schemas.ts";

const source = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("markdown"), text: z.string().min(1) }),
  z.object({ kind: z.literal("url"), url: z.string() }),
  z.object({ kind: z.enum(["brief", "note"]), text: z.string().min(1) }),
]);

function problems(schema: z.ZodType, body: unknown): readonly Problem[] {
  const validate = createValidatorCompiler()({ schema, httpPart: "body", method: "POST", url: "/" });
  const answer: unknown = validate(body);
  const error = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : null;
  if (!(error instanceof HttpError)) throw new Error(`${JSON.stringify(body)} was taken`);
  return error.problems;
}

test.each([
  ["markdown", { kind: "markdown", text: "" }, "/source/text", "Fill this in; it must not be empty."],
  ["brief", { kind: "brief", text: "" }, "/source/text", "Fill this in; it must not be empty."],
  ["url", { kind: "url" }, "/source/url", "This is missing; it has to be there."],
  ["none", { kind: "x" }, "/source/kind", "Use one of: markdown, url, brief, note."],
  ["unnamed", {}, "/source/kind", "This is missing; it has to be there."],
])("of several kinds of input, only the one that was sent is spoken of: %s", (_, sent, path, message) => {
  const said = problems(z.object({ source }), { source: sent }).map((one) => [one.path, one.message]);
  expect(said.filter(([where]) => where === path)).toEqual([[path, message]]);
  if ("kind" in sent) expect(said).toHaveLength(1);
});

test("a kind within a kind is found too, and each entry of a list has its own", () => {
  const block = z.discriminatedUnion("type", [
    z.object({ type: z.literal("one"), source }),
    z.object({ type: z.literal("two"), n: z.int() }),
  ]);
  const body = {
    blocks: [
      { type: "one", source: { kind: "brief", text: "" } },
      { type: "two", n: "x" },
    ],
  };
  expect(problems(z.object({ blocks: z.array(block) }), body)).toMatchObject([
    { path: "/blocks/0/source/text", message: "Fill this in; it must not be empty." },
    { path: "/blocks/1/n", message: "This has to be a whole number." },
  ]);
});

test.each([
  [z.email(), "ada@nowhere", /mail address/u],
  [z.uuid(), "1", /an id as Galley gives them/u],
  [z.iso.date(), "31.1.2026", /2026-01-31/u],
  [z.iso.datetime({ offset: true }), "tomorrow", /with an offset/u],
])("a form that a pattern checks is told by its name", (field, wrong, words) => {
  expect(problems(z.object({ field }), { field: wrong })).toMatchObject([
    { path: "/field", message: expect.stringMatching(words) },
  ]);
});
