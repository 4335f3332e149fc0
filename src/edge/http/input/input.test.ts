import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#kit";
import { testApp, type TestApp, type TestPerson } from "../../../../test/support/app.ts";
import { rawPath, requestOf } from "../../../../test/support/calls.ts";
import { createNotes, plainNote } from "../../../../test/support/features/notes.ts";

const notes = createNotes();
let test: TestApp;
let owner: TestPerson;
beforeAll(async () => {
  test = await testApp({ register: notes.routes });
  owner = await test.owner();
});
afterAll(() => test.close());

function raw(payload: string | Buffer, headers: Record<string, string> = {}) {
  return test.app.inject({
    ...requestOf("makeNote"),
    payload,
    headers: { authorization: `Bearer ${owner.bearer}`, "content-type": "application/json", ...headers },
  });
}

function ask(id: string) {
  return test.app.inject({ url: "/health", headers: { "x-request-id": id } });
}

describe("input", () => {
  it.each([
    [{ kind: { name: "plain" } }, "/text", "http.required"],
    [{ text: "hello", kind: { name: "loud" } }, "/kind/volume", "http.required"],
    [{ ...plainNote, text: 5 }, "/text", "http.type"],
    [{ ...plainNote, text: "x".repeat(21) }, "/text", "http.max_length"],
    [{ ...plainNote, text: "   " }, "/text", "http.too_small"],
    [{ ...plainNote, tags: ["green"] }, "/tags/0", "http.enum"],
    [{ ...plainNote, at: "tomorrow" }, "/at", "http.pattern"],
    [{ ...plainNote, even: 3 }, "/even", "http.custom"],
  ])("%j is refused at %s", async (input, path, code) => {
    const answer = await owner.call("makeNote", { body: input });
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path, code }));
  });

  it("is read from text in a query, and only there", async () => {
    const id = newId();
    const answer = await owner.call("getNote", { params: { id }, query: { limit: 3, loud: "true" } });
    expect(answer.body).toEqual({ id, text: "3 true owner", at: null });
    expect((await owner.call("getNote", { params: { id } })).body).toMatchObject({
      text: "7 undefined owner",
    });
    expect((await owner.call("getNote", { params: { id: "5" } })).body).toMatchObject({
      status: 400,
      errors: [{ path: "/id" }],
    });
  });

  it("loses the spaces that its schema trims", async () => {
    expect((await owner.call("makeNote", { body: { ...plainNote, text: "  hi " } })).body).toMatchObject({
      text: "hi",
    });
  });

  it.each([
    ["100,000 brackets", "[".repeat(100_000) + "]".repeat(100_000), "http.json_too_deep"],
    ["objects in objects", '{"a":'.repeat(65) + "1" + "}".repeat(65), "http.json_too_deep"],
    ["half an object", '{"text":', "http.not_json"],
    ["a poisoned prototype", '{"__proto__":{"admin":true}}', "http.not_json"],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), "http.not_utf8"],
  ])("with %s is refused before anything reads it", async (_name, payload, code) => {
    const answer = await raw(payload);
    expect(answer.json()).toMatchObject({ status: 400, code });
  });

  it("may hold brackets in text, and 64 levels", async () => {
    const deep = `{"text":"hello","kind":{"name":"plain","x":${"[".repeat(62)}${"]".repeat(62)}}}`;
    expect((await raw(deep)).statusCode).toBe(201);
    expect((await raw(JSON.stringify({ ...plainNote, more: '[{"'.repeat(500) }))).statusCode).toBe(201);
  });

  it("with half a character or NUL is refused with its place", async () => {
    const answer = await raw('{"text":"a\\ud83d b","kind":{"na/me":"\\u0000"}}');
    expect(answer.json()).toMatchObject({
      status: 400,
      code: "http.broken_text",
      errors: [
        { path: "/text", code: "text.lone_surrogate" },
        { path: "/kind/na~1me", code: "text.nul" },
      ],
    });
    expect((await raw('{"text":"\\ud83d\\ude00","kind":{"name":"plain"}}')).json()).toMatchObject({
      text: "😀",
    });
  });

  it("that is too large or no JSON is refused", async () => {
    expect((await raw(`"${"x".repeat(9 * 1024 * 1024)}"`)).json()).toMatchObject({ status: 413 });
    const form = await raw("text=hello", { "content-type": "application/x-www-form-urlencoded" });
    expect(form.json()).toMatchObject({ status: 415, code: "http.invalid_media_type" });
  });
});

describe("a failure of ours", () => {
  it("is told without its cause", async () => {
    const answer = await test.app.inject({ method: "POST", url: rawPath("/broken") });
    expect(answer.json()).toMatchObject({ status: 500, code: "http.internal", errors: [] });
    expect(answer.body).not.toContain("hunter2");
    expect(answer.json().requestId).toBe(answer.headers["x-request-id"]);
  });

  it("keeps a harmless request id and replaces any other", async () => {
    expect((await ask("deploy-17")).headers["x-request-id"]).toBe("deploy-17");
    expect((await ask("a\tb")).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ask("x".repeat(65))).headers["x-request-id"]).toHaveLength(36);
  });
});
