import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#kit";
import { testApp, type TestApp, type TestPerson } from "../../../test/app.ts";
import { createNotes, plainNote } from "../../../test/notes.ts";

const notes = createNotes();
let test: TestApp;
let owner: TestPerson;
beforeAll(async () => {
  test = await testApp({ register: notes.routes });
  owner = await test.owner();
});
afterAll(() => test.close());

function post(key: string, text: string, person = owner) {
  return person.call<{ id: string; code?: string }>(
    "POST",
    "/notes",
    { ...plainNote, text },
    { "idempotency-key": key },
  );
}

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
});
