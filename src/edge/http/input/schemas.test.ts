import { expect, test } from "vitest";
import { z } from "zod";
import { createSerializerCompiler, createValidatorCompiler } from "./schemas.ts";

test.each([
  ["javascript:alert(1)", false],
  ["ftp://example.com/post", false],
  ["example.com/post", false],
  ["https://example.com/post", true],
])("an address is refused where its schema allows other protocols: %s", (url, allowed) => {
  const schema = z.object({ url: z.url({ protocol: /^https?$/ }) });
  const route = { method: "POST", url: "/", httpPart: "body" };
  const answer: unknown = createValidatorCompiler()({ ...route, schema })({ url });
  const message = "Use the whole address, beginning with https://.";
  if (allowed) expect(answer).toMatchObject({ value: { url } });
  else expect(answer).toMatchObject({ error: { problems: [{ path: "/url", message }] } });
});

test("a schema is compiled when it is first used, and once for all routes that name it", () => {
  for (const [compile, part, answer] of [
    [createValidatorCompiler(), { httpPart: "body" }, { value: { text: "a" } }],
    [createSerializerCompiler(), { httpStatus: "200" }, '{"text":"a"}'],
  ] as const) {
    const compileFor = compile as (route: object) => (data: unknown) => unknown;
    let isRead = false;
    // Zod asks a lazy schema what it is when JSON Schema is made of it.
    const text = z.lazy(() => {
      isRead = true;
      return z.string();
    });
    const schema = z.object({ text });
    const use = compileFor({ method: "POST", url: "/", ...part, schema });
    expect(isRead).toBe(false);
    expect(use({ text: "a" })).toEqual(answer);
    expect(isRead).toBe(true);
    expect(compileFor({ method: "PUT", url: "/other", ...part, schema })).toBe(use);
  }
});

test("a body takes a number as it is, a query reads it from text, though both name one schema", () => {
  const compile = createValidatorCompiler();
  const schema = z.object({ limit: z.int() });
  const route = { method: "POST", url: "/", schema };
  expect(compile({ ...route, httpPart: "querystring" })({ limit: "5" })).toEqual({ value: { limit: 5 } });
  expect(compile({ ...route, httpPart: "body" })({ limit: "5" })).toMatchObject({
    error: { problems: [{ path: "/limit" }] },
  });
});
