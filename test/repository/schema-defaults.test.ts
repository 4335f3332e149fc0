import { glob } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { createValidatorCompiler } from "../../src/edge/http/input/schemas.ts";
import { samplesOf } from "../support/json-samples.ts";

type Compile = (route: object) => (data: unknown) => { value?: unknown; error?: Error };

const compile = createValidatorCompiler() as unknown as Compile;
const validate = (schema: z.ZodType, data: unknown) =>
  compile({ method: "POST", url: "/", httpPart: "body", schema })(structuredClone(data));

test.each([
  [
    "a union",
    z.object({ rule: z.union([z.object({ a: z.int(), b: z.int().default(2) }), z.string()]) }),
    { rule: { a: 1 } },
  ],
  [
    "a union told apart",
    z.object({
      rule: z.discriminatedUnion("kind", [z.object({ kind: z.literal("x"), b: z.int().default(2) })]),
    }),
    { rule: { kind: "x" } },
  ],
  ["what may be null", z.object({ rule: z.object({ b: z.int().default(2) }).nullable() }), { rule: {} }],
  [
    "a list in a union",
    z.object({ rule: z.union([z.array(z.object({ b: z.int().default(2) })), z.null()]) }),
    { rule: [{}] },
  ],
  [
    "what an entry of a record holds",
    z.object({ rule: z.record(z.string(), z.object({ b: z.int().default(2) }).nullable()) }),
    { rule: { x: {} } },
  ],
  ["the whole", z.object({ b: z.int().default(2) }).default({ b: 3 }), {}],
  ["an object", z.object({ rule: z.object({ b: z.int().default(2) }) }), { rule: {} }],
])("a default is filled in inside %s", (_name, schema, data) => {
  expect(validate(schema, data)).toEqual({ value: schema.parse(data) });
  expect(JSON.stringify(validate(schema, data))).toContain('"b":2');
});

test("every schema of the API fills in the defaults that Zod does, in each branch", async () => {
  let compared = 0;
  for await (const file of glob("src/**/*.schema.ts")) {
    const module = (await import(path.resolve(file))) as Record<string, unknown>;
    for (const [name, schema] of Object.entries(module)) {
      if (!(schema instanceof z.ZodType)) continue;
      const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
      for (const sample of samplesOf(json)) {
        const parsed = schema.safeParse(sample);
        if (!parsed.success) continue;
        compared += 1;
        expect(validate(schema, sample), `${file} ${name} ${JSON.stringify(sample)}`).toEqual({
          value: parsed.data,
        });
      }
    }
  }
  expect(compared).toBeGreaterThan(100);
}, 120_000);
