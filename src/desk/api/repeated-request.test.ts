import { newId } from "#kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestPerson } from "../../../test/support/app.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import { movableClock, testDeskApp } from "../../../test/support/features/desk.ts";

// Whoever lost an answer asks again with the same key, and nothing is made or moved a second time.

let app: Awaited<ReturnType<typeof testDeskApp>>;
let person: TestPerson;
let channelId: string;

beforeAll(async () => {
  app = await testDeskApp(movableClock());
  person = await app.owner();
  channelId = (await buildChannel(app.database, person.workspaceId)).id;
  for (const time of ["08:00", "12:00", "16:00"]) {
    await person.call("POST", "/queue/slots", { channelId, weekday: 1, time, zone: "UTC" });
  }
});
afterAll(() => app.close());

function draftOf(text: string) {
  const content = { parts: [text], link: null, media: [], firstComment: null, options: {} };
  return { title: "Twice", variants: [{ channelId, content }] };
}

async function approved(): Promise<string> {
  const { body } = await person.call<{ id: string }>("POST", "/posts", draftOf("words"));
  await person.call("POST", `/posts/${body.id}/submit`);
  const { boundHash } = (await person.call<{ boundHash: string }>("GET", `/posts/${body.id}`)).body;
  await person.call("POST", `/posts/${body.id}/approve`, { boundHash });
  return body.id;
}

async function twice(path: string, body: unknown, other: unknown) {
  const headers = { "idempotency-key": newId(), "accept-encoding": "gzip, br" };
  const first = await person.raw("POST", path, body, headers);
  const second = await person.raw("POST", path, body, headers);
  expect(second.statusCode).toBe(first.statusCode);
  expect(second.headers["idempotency-replayed"]).toBe("true");
  expect(second.rawPayload.equals(first.rawPayload)).toBe(true);
  expect((await person.call("POST", path, other, headers)).status).toBe(422);
}

async function timeOf(id: string): Promise<string | undefined> {
  const { body } = await person.call<{ scheduled: { at: string } | null }>("GET", `/posts/${id}`);
  return body.scheduled?.at;
}

test("a draft is answered to the letter as it was", async () => {
  await twice("/posts", draftOf("long words ".repeat(200)), draftOf("others"));
});

test("a post gets the time that was asked for, once", async () => {
  const id = await approved();
  const time = { wall: "2090-01-01T09:00", zone: "UTC" };
  await twice(`/posts/${id}/schedule`, time, { ...time, wall: "2090-01-02T09:00" });
  expect(await timeOf(id)).toBe("2090-01-01T09:00:00.000Z");
});

test("a post in the queue moves by one place", async () => {
  const ids = [await approved(), await approved(), await approved()];
  await twice(`/posts/${ids[0]}/queue`, undefined, { unready: "skip" });
  for (const id of ids.slice(1)) await person.call("POST", `/posts/${id}/queue`);
  const [, second] = await Promise.all(ids.map(timeOf));
  expect(second).toBeDefined();
  await twice(`/posts/${ids[0]}/queue/move`, { direction: "later" }, { direction: "earlier" });
  expect(await timeOf(ids[0] ?? "")).toBe(second);
});

test("a post is published once", async () => {
  const id = await approved();
  await twice(`/posts/${id}/publish`, undefined, { unready: "skip" });
});

test("an approval that was taken back is not given again by a repeated request", async () => {
  const { body } = await person.call<{ id: string }>("POST", "/posts", draftOf("words"));
  await person.call("POST", `/posts/${body.id}/submit`);
  const { boundHash } = (await person.call<{ boundHash: string }>("GET", `/posts/${body.id}`)).body;
  const headers = { "idempotency-key": newId() };
  expect((await person.call("POST", `/posts/${body.id}/approve`, { boundHash }, headers)).status).toBe(200);
  expect((await person.call("POST", `/posts/${body.id}/approve/undo`)).status).toBe(200);
  const again = await person.raw("POST", `/posts/${body.id}/approve`, { boundHash }, headers);
  expect(again.headers["idempotency-replayed"]).toBe("true");
  const { status } = (await person.call<{ status: string }>("GET", `/posts/${body.id}`)).body;
  expect(status).toBe("in_review");
});
