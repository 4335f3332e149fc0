import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#kit";
import type { App } from "#platform/wire";
import { testApp, type TestApp, type TestPerson } from "../../../../test/support/app.ts";
import { createNotes, plainNote } from "../../../../test/support/features/notes.ts";

const notes = createNotes();
let test: TestApp;
let owner: TestPerson;
beforeAll(async () => {
  test = await testApp({ register: notes.routes });
  owner = await test.owner();
});
afterAll(() => test.close());

function post(key: string, text: string, person = owner) {
  return person.call("makeNote", { body: { ...plainNote, text }, headers: { "idempotency-key": key } });
}

/** A route of a test, declared so. */
function odd(config: object) {
  return (app: App) => {
    app.post("/odd", { config: { access: "public", ...config }, schema: { operationId: "odd" } }, () => null);
  };
}

describe("a POST", () => {
  it("is idempotent, or says what a second one does", async () => {
    await expect(testApp({ register: odd({}) })).rejects.toThrow("/odd is idempotent, or says");
    const both = odd({ idempotent: true, again: "nothing" });
    await expect(testApp({ register: both })).rejects.toThrow("/odd is idempotent, or says");
  });
});

describe("an Idempotency-Key", () => {
  it("gives the first answer again and makes nothing new", async () => {
    const key = newId();
    const first = await post(key, "once");
    const { made } = notes;
    const second = await post(key, "once");
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers["idempotency-replayed"]).toBe("true");
    expect(second.headers["content-type"]).toContain("application/json");
    expect(notes.made).toBe(made);
  });

  it("is refused for another request, a running one, and when it is odd", async () => {
    const key = newId();
    const running = post(key, "slow");
    await expect.poll(async () => (await post(key, "slow")).body.code).toBe("http.idempotency_in_progress");
    notes.release();
    expect((await running).status).toBe(201);
    expect((await post(key, "other")).body).toMatchObject({
      status: 422,
      code: "http.idempotency_key_reused",
    });
    expect((await post("with space", "x")).status).toBe(400);
  });

  it("belongs to one person", async () => {
    const key = newId();
    const colleague = await test.member(owner, "editor");
    const [mine, theirs] = [await post(key, "same"), await post(key, "same", colleague)];
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it("is free again after a refusal", async () => {
    const key = newId();
    expect((await post(key, "conflict")).status).toBe(409);
    expect((await post(key, "fine now")).status).toBe(201);
  });

  it.each(["gzip", "br", "identity"])("holds for clients that accept %s", async (encoding) => {
    const headers = { "idempotency-key": newId(), "accept-encoding": encoding };
    const { made } = notes;
    const first = await owner.raw("makeNote", { body: { ...plainNote, text: "wordy" }, headers });
    const second = await owner.raw("makeNote", { body: { ...plainNote, text: "wordy" }, headers });
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(first.headers["content-encoding"]).toBe(encoding === "identity" ? undefined : encoding);
    expect(second.headers["idempotency-replayed"]).toBe("true");
    expect(notes.made).toBe(made + 1);
  });

  it("does not come free where what was created is answered by something other than text", async () => {
    const headers = { "idempotency-key": newId() };
    const first = await owner.raw("streamNote", { body: plainNote, headers });
    expect([first.statusCode, first.body]).toEqual([201, "a stream"]);
    const second = await owner.call("streamNote", { body: plainNote, headers });
    expect(second.body).toMatchObject({ status: 409, code: "http.idempotency_in_progress" });
  });

  it("whose answer can't be kept lets the answer go out, and names no machine", async () => {
    const admin = new Client({ connectionString: test.url });
    await admin.connect();
    const table = async (from: string, to: string) => {
      await admin.query(`alter table ${from} rename to ${to}`);
    };
    const keys = { created: newId(), refused: newId() };
    const away = async (text: string, key: string) => {
      notes.meanwhile = () => table("idempotency_keys", "keys_away");
      const answer = await post(key, text);
      await table("keys_away", "idempotency_keys");
      return answer;
    };
    try {
      expect(await away("kept", keys.created)).toMatchObject({ status: 201, body: { text: "kept" } });
      expect(await away("conflict", keys.refused)).toMatchObject({
        status: 409,
        body: { code: "notes.taken" },
      });
    } finally {
      await admin.end();
    }
    // Nobody knows any more what came of it, so it is not done again.
    expect((await post(keys.created, "kept")).body.code).toBe("http.idempotency_in_progress");
  });

  it("whose first request was cut off does not run again", async () => {
    const key = newId();
    await post(key, "cut");
    await test.database.system
      .updateTable("idempotency_keys")
      .set({ status: null, response: null, locked_until: new Date(0) })
      .where("key", "=", key)
      .execute();
    expect((await post(key, "cut")).body).toMatchObject({
      status: 409,
      code: "http.idempotency_unknown_outcome",
    });
  });

  it("is refused at the start for a route that reads its body itself and does not say what it asks for", async () => {
    const started = testApp({
      register: (app) => {
        app.post(
          "/pieces",
          {
            config: { access: "posts.write", idempotent: true },
            schema: { consumes: ["multipart/form-data"] },
          },
          () => null,
        );
      },
    });
    await expect(started).rejects.toThrow(
      '/api/v1/pieces reads its body itself, so it is idempotent by "content".',
    );
  });
});
