import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#kit";
import {
  testApp,
  type TestApp,
  testOrigin,
  testPassword,
  type TestPerson,
} from "../../../../test/support/app.ts";
import { rawPath } from "../../../../test/support/calls.ts";
import { createNotes, plainNote } from "../../../../test/support/features/notes.ts";

const notes = createNotes();
let test: TestApp;
let owner: TestPerson;
beforeAll(async () => {
  test = await testApp({ register: notes.routes });
  owner = await test.owner();
});
afterAll(() => test.close());

function write(headers: Record<string, string>) {
  return test.app.inject({
    method: "POST",
    url: rawPath("/notes"),
    payload: plainNote,
    headers: { cookie: owner.cookie, ...headers },
  });
}

describe("access", () => {
  it("must be named by every route", async () => {
    const start = testApp({ register: (app) => void app.get("/forgotten", () => "open to all") });
    await expect(start).rejects.toThrow("missing at GET /api/v1/forgotten, HEAD /api/v1/forgotten");
  });

  it("is refused without a session and without the permission", async () => {
    const viewer = await test.member(owner, "viewer");
    expect((await test.app.inject(rawPath(`/notes/${newId()}`))).statusCode).toBe(401);
    expect((await viewer.call("getNote", { params: { id: newId() } })).status).toBe(200);
    expect((await viewer.call("makeNote", { body: plainNote })).body).toMatchObject({
      status: 403,
      code: "http.forbidden",
    });
  });

  it("to a strange workspace answers as to one that does not exist", async () => {
    const stranger = await test.owner();
    const answers = await Promise.all(
      [owner.workspaceId, newId()].map((id) =>
        stranger.call("getNote", { params: { id: newId() }, headers: { "galley-workspace": id } }),
      ),
    );
    const [real, unknown] = answers.map((answer) => ({ ...answer.body, requestId: "" }));
    expect(real).toEqual(unknown);
    expect(real).toMatchObject({ status: 404 });
    expect((await owner.call("whoAmI", { headers: { "galley-workspace": "' or 1=1" } })).status).toBe(400);
  });

  it("is denied by the database too when no workspace is set", async () => {
    const { database } = test;
    const rows = await database.read<object>(
      owner.workspaceId,
      database.system.selectFrom("members").selectAll().compile(),
    );
    expect(rows.length).toBeGreaterThan(0);
    const elsewhere = await database.read<object>(
      newId(),
      database.system.selectFrom("members").selectAll().compile(),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe("a write with a session cookie", () => {
  it.each([
    { origin: testOrigin },
    { origin: "http://localhost:3000", host: "localhost:3000" },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "same-origin", origin: testOrigin },
  ])("is answered with %j", async (headers) => {
    expect((await write(headers)).statusCode).toBe(201);
  });

  it.each([
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: testOrigin },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin", origin: "https://evil.example" },
  ])("is refused with %j", async (headers) => {
    expect((await write(headers)).json()).toMatchObject({ status: 403, code: "http.foreign_site" });
  });

  it("is refused for signing in from another site, too", async () => {
    const answer = await test.app.inject({
      method: "POST",
      url: rawPath("/sessions"),
      payload: { email: owner.email, password: testPassword },
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(answer.statusCode).toBe(403);
  });
});
