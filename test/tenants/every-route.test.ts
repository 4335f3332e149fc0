import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { newId } from "#kit";
import { samplesOf } from "../support/json-samples.ts";
import { type Tenants, startTenants } from "./tenants.harness.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Parameter = { name: string; in: "path" | "query"; schema: JsonSchema };
type Operation = { method: string; path: string; parameters: Parameter[]; body: JsonSchema | null };

let tenants: Tenants;

beforeAll(async () => {
  tenants = await startTenants();
}, 120_000);
afterAll(() => tenants.close());

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        parameters: z
          .array(z.looseObject({ name: z.string(), in: z.string(), schema: z.unknown() }))
          .default([]),
        requestBody: z
          .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
          .optional(),
      }),
    ),
  ),
});

async function operations(): Promise<Operation[]> {
  const { paths } = documentSchema.parse((await tenants.app.inject("/openapi.json")).json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters: parameters as Parameter[],
      body: (requestBody?.content["application/json"]?.schema as JsonSchema | undefined) ?? null,
    })),
  );
}

/** Would end the session that the others are made in. */
const endsSession = new Set(["DELETE /api/v1/sessions/current", "DELETE /api/v1/sessions/{id}"]);

const nastyTexts = [
  "\0",
  "a\0b",
  "",
  " ",
  "-1",
  "1.5",
  "1e308",
  "2147483648",
  "9223372036854775808",
  "99999999999999999999",
  "__proto__",
  "'\"\\%_",
  "x".repeat(190),
  "\u{FFFF}\u202E",
  "0001-01-01T00:00:00Z",
];
const nastyValues: unknown[] = [
  "a\0b",
  "\ud800",
  "",
  "__proto__",
  "x".repeat(300_000),
  "99999999999999999999",
  -1,
  1.5,
  1e308,
  2_147_483_648,
  null,
  [],
  {},
];

/** An answer that goes on for as long as somebody listens: its beginning is all that is looked at. */
const endless = "/api/v1/events";

async function request({ method, path }: Operation, parameters: Map<string, string>, body?: unknown) {
  const query: string[] = [];
  let filled = path;
  for (const [name, value] of parameters) {
    const text = encodeURIComponent(value);
    if (filled.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, text);
    else query.push(`${name}=${text}`);
  }
  const rest = filled.replaceAll(/\{\w+\}/gu, newId());
  const answer = await tenants.app.inject({
    payloadAsStream: path === endless,
    method: method as "POST",
    url: `${rest}${query.length > 0 ? `?${query.join("&")}` : ""}`,
    headers: {
      authorization: `Bearer ${tenants.owner.bearer}`,
      "galley-workspace": tenants.owner.workspaceId,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    remoteAddress: `203.0.${randomInt(255)}.${randomInt(255)}`,
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  if (path === endless) answer.stream().destroy();
  return answer;
}

/** The sample with one of its values replaced, for each of its values. */
function* replaced(sample: unknown, value: unknown): Generator {
  yield value;
  if (typeof sample !== "object" || sample === null) return;
  for (const [key, child] of Object.entries(sample)) {
    for (const other of replaced(child, value)) {
      yield Array.isArray(sample) ? sample.with(Number(key), other) : { ...sample, [key]: other };
    }
  }
}

test("no value of any parameter or field ends in an error of ours", { timeout: 900_000 }, async () => {
  const all = (await operations()).filter(({ method, path }) => !endsSession.has(`${method} ${path}`));
  expect(all.length).toBeGreaterThan(80);
  const failed: string[] = [];
  let sent = 0;
  async function send(operation: Operation, parameters: Map<string, string>, body?: unknown): Promise<void> {
    const answer = await request(operation, parameters, body);
    sent += 1;
    if (answer.statusCode !== 500) return;
    const what = JSON.stringify([...parameters, body]).slice(0, 200);
    failed.push(`${operation.method} ${operation.path} ${what}: ${answer.body.slice(0, 200)}`);
  }
  for (const operation of all) {
    const samples = operation.body === null ? [undefined] : samplesOf(operation.body);
    for (const { name } of operation.parameters) {
      for (const value of nastyTexts) await send(operation, new Map([[name, value]]), samples[0]);
    }
    // The last one has the most fields.
    for (const sample of samples.slice(-1)) {
      if (sample === undefined) continue;
      for (const value of nastyValues) {
        for (const body of replaced(sample, value)) await send(operation, new Map(), body);
      }
    }
  }
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThan(2000);
  // All of it was asked by somebody who may.
  expect((await tenants.owner.call("whoAmI")).status).toBe(200);
});

test("every integer of a request has bounds that a column can hold", async () => {
  const unbounded = (await operations()).flatMap(({ method, path, parameters, body }) => {
    const found = [...parameters.map(({ schema }) => schema), ...(body ? [body] : [])].flatMap(integersOf);
    return found
      .filter(({ minimum, maximum }) => !(Number(minimum) >= -(2 ** 31) && Number(maximum) < 2 ** 31))
      .map((schema) => `${method} ${path} ${JSON.stringify(schema)}`);
  });
  expect(unbounded).toEqual([]);
});

function integersOf(schema: unknown): JsonSchema[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "type" in schema && schema.type === "integer" ? [schema as JsonSchema] : [];
  return [...own, ...Object.values(schema).flatMap(integersOf)];
}
