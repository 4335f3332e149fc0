import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, expectTypeOf, test } from "vitest";
import { addressOf, type Answer, type Call, type FileOperation, fill } from "#contract";
import type { Contract } from "#platform/wire";
import { operationsFile } from "../../scripts/contract.ts";
import { breakingChanges, type Document } from "../../scripts/contract/compare.ts";
import { everyContract } from "../../src/edge/contract/every.ts";

test("the table that clients load is the one of the contracts: npm run contract", async () => {
  expect(await readFile("src/edge/contract/operations.gen.ts", "utf8")).toBe(operationsFile());
});

/** Served outside `/api/v1`, to browsers and platforms that know none of its operations. */
const outside = new Set(["mediaBytesContract", "publicSiteContract"]);

test("every contract of a feature is part of the API, under ids and places of its own", async () => {
  const files = globSync("src/**/*.contract.ts");
  expect(files.length).toBeGreaterThan(20);
  const contracts: [string, Contract][] = [];
  for (const file of files) {
    const exported = (await import(`../../${file}`)) as Record<string, Contract>;
    contracts.push(...Object.entries(exported).filter(([name]) => name.endsWith("Contract")));
  }
  const ids = contracts.filter(([name]) => !outside.has(name)).flatMap(([, one]) => Object.keys(one));
  expect(ids.toSorted()).toEqual(Object.keys(everyContract).toSorted());
  const places = Object.values(everyContract as Contract).map(({ method, path }) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
});

test("an address has its parameters, encoded, and of the query what is given", () => {
  expect(addressOf("getPostVersion", { params: { id: "a/b", number: 2 } })).toEqual({
    method: "GET",
    path: "/api/v1/posts/a%2Fb/versions/2",
  });
  expect(addressOf("listPosts", { query: { q: "a b&c", cursor: undefined, limit: 5 } }).path).toBe(
    "/api/v1/posts?q=a+b%26c&limit=5",
  );
  expect(() => fill("/posts/:id", {})).toThrow('needs the parameter "id"');
});

test("what an operation takes and answers is known by type; the compiler checks this one", () => {
  expectTypeOf<Call<"getPost">["params"]>().toEqualTypeOf<{ id: string }>();
  expectTypeOf<Call<"changeRole">["body"]["role"]>().toEqualTypeOf<
    "owner" | "admin" | "approver" | "editor" | "viewer"
  >();
  expectTypeOf<Answer<"getPost">["title"]>().toEqualTypeOf<string>();
  expectTypeOf<Answer<"signOut">>().toEqualTypeOf<null>();
  expectTypeOf<"exportPosts">().toExtend<FileOperation>();
  expectTypeOf<"getPost">().not.toExtend<FileOperation>();
  // @ts-expect-error -- a post has to be named
  const unnamed: Call<"getPost"> = {};
  // @ts-expect-error -- the list has no such filter
  const filtered: Call<"listPosts"> = { query: { colour: "red" } };
  // @ts-expect-error -- signing out takes nothing
  const spoken: Call<"signOut"> = { body: { why: "late" } };
  expect([unnamed, filtered, spoken]).toHaveLength(3);
});

const text = { type: "string" };

function documentOf(operation: object): Document {
  return {
    paths: { "/posts": { post: { operationId: "createPost", "x-access": "posts.write", ...operation } } },
  };
}

function body(properties: object, required: string[] = [], more: object = {}) {
  const schema = { type: "object", properties, required };
  return { requestBody: { content: { "application/json": { schema } }, ...more } };
}

function answer(properties: object, required: string[] = [], status = "200") {
  const schema = { type: "object", properties, required, additionalProperties: false };
  return {
    responses: { [status]: { description: "Success.", content: { "application/json": { schema } } } },
  };
}

function query(name: string, schema: object, required = false) {
  return { parameters: [{ in: "query", name, required, schema }] };
}

function found(released: object, current: object): string[] {
  return breakingChanges(documentOf(released), documentOf(current)).map(({ where, what, isNote }) =>
    `${isNote ? "note " : ""}${where.replace("POST /posts", "").trim()} ${what}`.trim(),
  );
}

const nullable = { anyOf: [text, { type: "null" }] };

const breaking: [what: string, released: object, current: object, told: string][] = [
  [
    "an operation has another id",
    {},
    { operationId: "makePost" },
    "has another operationId: createPost, makePost",
  ],
  [
    "an operation asks for another right",
    {},
    { "x-access": "posts.publish" },
    "asks for posts.publish instead",
  ],
  [
    "an operation is no longer public",
    { "x-access": "public" },
    { "x-access": "session" },
    "asks for session",
  ],
  ["a filter is gone", query("q", text), { parameters: [] }, "/query q is gone"],
  ["a parameter has to be sent", query("q", text), query("q", text, true), "/query q has to be sent now"],
  ["a new parameter has to be sent", {}, query("q", text, true), "/query q has to be sent now"],
  ["a body has to be sent", body({}), body({}, [], { required: true }), "body has to be sent now"],
  ["a field has to be sent", body({ a: text }), body({ a: text }, ["a"]), "body/a has to be sent now"],
  ["a new field has to be sent", body({}), body({ a: text }, ["a"]), "body/a has to be sent now"],
  ["a field is no longer heard", body({ a: text }), body({}), "body/a is gone"],
  [
    "a field takes another type",
    body({ a: text }),
    body({ a: { type: "integer" } }),
    "was string and is integer",
  ],
  ["a field takes null no longer", body({ a: nullable }), body({ a: text }), "body/a was null and is string"],
  [
    "a word is no longer taken",
    body({ a: { ...text, enum: ["x", "y"] } }),
    body({ a: { ...text, enum: ["x"] } }),
    'no longer takes "y"',
  ],
  [
    "words are listed where any was taken",
    body({ a: text }),
    body({ a: { ...text, enum: ["x"] } }),
    "takes other values",
  ],
  [
    "a text may be less long",
    body({ a: { ...text, maxLength: 9 } }),
    body({ a: { ...text, maxLength: 8 } }),
    "has a narrower maxLength",
  ],
  [
    "a list has to hold something",
    body({ a: { type: "array" } }),
    body({ a: { type: "array", minItems: 1 } }),
    "has a narrower minItems",
  ],
  [
    "a default means something else",
    body({ a: { ...text, default: "x" } }),
    body({ a: { ...text, default: "y" } }),
    "means something else",
  ],
  [
    "an item takes less",
    body({ a: { type: "array", items: nullable } }),
    body({ a: { type: "array", items: text } }),
    "body/a/- was null and is string",
  ],
  [
    "a kind of body is gone",
    body({ a: { oneOf: [text, { type: "integer" }] } }),
    body({ a: { oneOf: [text] } }),
    "was integer and is string",
  ],
  ["an answer's status is gone", answer({}), answer({}, [], "201"), "200 is gone"],
  ["an answer's field is gone", answer({ a: text }, ["a"]), answer({}), "200/a is gone"],
  [
    "an answer's field may be missing",
    answer({ a: text }, ["a"]),
    answer({ a: text }),
    "200/a may be missing now",
  ],
  [
    "an answer's field may be null",
    answer({ a: text }),
    answer({ a: nullable }),
    "200/a was string and is null",
  ],
  [
    "an answer's field has another format",
    answer({ a: { ...text, format: "uuid" } }),
    answer({ a: { ...text, format: "email" } }),
    "has another format",
  ],
];

test.each(breaking)("breaks: %s", (_what, released, current, told) => {
  expect(found(released, released)).toEqual([]);
  expect(found(released, current)).toEqual([expect.stringContaining(told)]);
});

test("breaks: an operation or a path is gone", () => {
  const released = documentOf({});
  expect(breakingChanges(released, { paths: {} })).toEqual([{ where: "POST /posts", what: "is gone" }]);
  const moved = { paths: { "/posts": { put: released.paths["/posts"]?.["post"] ?? {} } } };
  expect(breakingChanges(released, moved)).toEqual([{ where: "POST /posts", what: "is gone" }]);
});

function words(...list: string[]) {
  return answer({ a: { ...text, enum: list } });
}

test("a word that is new in an answer is told, and breaks nobody who expects one", () => {
  expect(found(words("x"), words("x", "y"))).toEqual(['note 200/a may be "y" now']);
  expect(found(words("x", "y"), words("x"))).toEqual([]);
});

const harmless: [what: string, released: object, current: object][] = [
  ["a new field of a request that may be left out", body({}), body({ a: text })],
  ["a request that takes more", body({ a: text }, ["a"]), body({ a: nullable })],
  ["longer texts", body({ a: { ...text, maxLength: 8 } }), body({ a: { ...text, maxLength: 9 } })],
  [
    "one word more in a request",
    body({ a: { ...text, enum: ["x"] } }),
    body({ a: { ...text, enum: ["x", "y"] } }),
  ],
  ["a new field of an answer", answer({}), answer({ a: text }, ["a"])],
  ["a field that is always there now", answer({ a: text }), answer({ a: text }, ["a"])],
  ["a field that is never null now", answer({ a: nullable }), answer({ a: text })],
  ["another description", answer({ a: text }), answer({ a: { ...text, description: "The first letter." } })],
  ["more people may call it", {}, { "x-access": "session" }],
];

test.each(harmless)("breaks nobody: %s", (_what, released, current) => {
  expect(found(released, current)).toEqual([]);
});

type Schema = {
  properties?: Record<string, object>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
};
type Content = { content?: Record<string, { schema?: Schema }> };
type Described = { requestBody?: Content; responses: Record<string, Content> };

/** The first schema with fields in a content; null where it has none. */
function fieldsIn(content: Content | undefined): Schema | null {
  const schema = content?.content?.["application/json"]?.schema;
  return [schema, ...(schema?.anyOf ?? schema?.oneOf ?? [])].find((one) => one?.properties) ?? null;
}

test("in the description as it is, a field that goes and one that has to be sent are found in every operation", async () => {
  const { paths } = JSON.parse(await readFile("docs/openapi.json", "utf8")) as {
    paths: Record<string, Record<string, Described>>;
  };
  const counts = { answers: 0, requests: 0 };
  const missed: string[] = [];
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, released] of Object.entries(methods)) {
      const isFound = (change: (operation: Described) => void) => {
        const current = structuredClone(released);
        change(current);
        const both = [released, current].map((one) => ({ paths: { [path]: { [method]: one } } }));
        return breakingChanges(both[0] as Document, both[1] as Document).some(({ isNote }) => !isNote);
      };
      const status = Object.keys(released.responses).find((code) => code.startsWith("2")) ?? "";
      if (fieldsIn(released.responses[status])) {
        counts.answers += 1;
        const drop = (operation: Described) => {
          const schema = fieldsIn(operation.responses[status]);
          const [name = ""] = Object.keys(schema?.properties ?? {});
          delete schema?.properties?.[name];
          schema?.required?.splice(0, 1);
        };
        if (!isFound(drop)) missed.push(`the answer of ${method} ${path}`);
      }
      if (fieldsIn(released.requestBody)) {
        counts.requests += 1;
        const ask = (operation: Described) => {
          const schema = fieldsIn(operation.requestBody);
          Object.assign(schema ?? {}, { required: [...(schema?.required ?? []), "somethingNew"] });
        };
        if (!isFound(ask)) missed.push(`the request of ${method} ${path}`);
      }
    }
  }
  expect(missed).toEqual([]);
  expect(counts.answers).toBeGreaterThan(100);
  expect(counts.requests).toBeGreaterThan(35);
});
