import { expect } from "vitest";
import { newId } from "#kit";
import type { TestPerson } from "../../../test/support/app.ts";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";

// Whoever lost an answer asks again with the same key, and nothing is made or moved a second time.

const test = base
  .extend("person", { scope: "file" }, async ({ owner, channelId }) => {
    for (const time of ["08:00", "12:00", "16:00"]) {
      await owner.call("addQueueSlot", { body: { channelId, weekday: 1, time, zone: "UTC" } });
    }
    return owner;
  })
  .extend("draftOf", ({ channelId }) => (text: string) => {
    const content = { parts: [text], link: null, media: [], firstComment: null, options: {} };
    return { title: "Twice", variants: [{ channelId, content }] };
  })
  .extend("approved", ({ person, draftOf }) => async (): Promise<string> => {
    const { body } = await person.call("createPost", { body: draftOf("words") });
    await person.call("submitPost", { params: { id: body.id } });
    const { boundHash } = (await person.call("getPost", { params: { id: body.id } })).body;
    await person.call("approvePost", { params: { id: body.id }, body: { boundHash } });
    return body.id;
  })
  .extend("timeOf", ({ person }) => async (id: string): Promise<string | undefined> => {
    const { body } = await person.call("getPost", { params: { id } });
    return body.scheduled?.at;
  });

type Sending = (given: { body: unknown; headers: Record<string, string> }) => ReturnType<TestPerson["raw"]>;

async function twice(send: Sending, body: unknown, other: unknown) {
  const headers = { "idempotency-key": newId(), "accept-encoding": "gzip, br" };
  const first = await send({ body, headers });
  const second = await send({ body, headers });
  expect(second.statusCode).toBe(first.statusCode);
  expect(second.headers["idempotency-replayed"]).toBe("true");
  expect(second.rawPayload.equals(first.rawPayload)).toBe(true);
  expect((await send({ body: other, headers })).statusCode).toBe(422);
}

test("a draft is answered to the letter as it was", async ({ person, draftOf }) => {
  await twice(
    (given) => person.raw("createPost", given),
    draftOf("long words ".repeat(200)),
    draftOf("others"),
  );
});

test("a post gets the time that was asked for, once", async ({ person, approved, timeOf }) => {
  const id = await approved();
  const time = { wall: "2090-01-01T09:00", zone: "UTC" };
  await twice((given) => person.raw("schedulePost", { params: { id }, ...given }), time, {
    ...time,
    wall: "2090-01-02T09:00",
  });
  expect(await timeOf(id)).toBe("2090-01-01T09:00:00.000Z");
});

test("a post in the queue moves by one place", async ({ person, approved, timeOf }) => {
  const ids = [await approved(), await approved(), await approved()];
  await twice((given) => person.raw("queuePost", { params: { id: ids[0] }, ...given }), undefined, {
    unready: "skip",
  });
  for (const id of ids.slice(1)) await person.call("queuePost", { params: { id } });
  const [, second] = await Promise.all(ids.map(timeOf));
  expect(second).toBeDefined();
  await twice(
    (given) => person.raw("moveInQueue", { params: { id: ids[0] }, ...given }),
    { direction: "later" },
    { direction: "earlier" },
  );
  expect(await timeOf(ids[0] ?? "")).toBe(second);
});

test("a post is published once", async ({ person, approved }) => {
  const id = await approved();
  await twice((given) => person.raw("publishPost", { params: { id }, ...given }), undefined, {
    unready: "skip",
  });
});

test("an approval that was taken back is not given again by a repeated request", async ({
  person,
  draftOf,
}) => {
  const { body } = await person.call("createPost", { body: draftOf("words") });
  await person.call("submitPost", { params: { id: body.id } });
  const { boundHash } = (await person.call("getPost", { params: { id: body.id } })).body;
  const headers = { "idempotency-key": newId() };
  expect(
    (await person.call("approvePost", { params: { id: body.id }, body: { boundHash }, headers })).status,
  ).toBe(200);
  expect((await person.call("undoApproval", { params: { id: body.id } })).status).toBe(200);
  const again = await person.raw("approvePost", { params: { id: body.id }, body: { boundHash }, headers });
  expect(again.headers["idempotency-replayed"]).toBe("true");
  const { status } = (await person.call("getPost", { params: { id: body.id } })).body;
  expect(status).toBe("in_review");
});
