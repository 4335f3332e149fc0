import { expect } from "vitest";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";

const test = base
  .extend("write", ({ owner, channelId }) => async (title: string, text = "The galley is ready.") => {
    const variants = [{ channelId, content: { parts: [text] } }];
    const { status, body } = await owner.call("createPost", { body: { title, variants } });
    expect(status).toBe(201);
    return body;
  })
  .extend("act", ({ owner }) => async (id: string, step: keyof typeof steps, body?: unknown) => {
    const answer = await owner.call(steps[step], { params: { id }, body });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  })
  .extend("overview", ({ owner }) => async (person = owner) => {
    const { status, body } = await person.call("getOverview");
    expect(status).toBe(200);
    return body;
  });

const steps = { submit: "submitPost", approve: "approvePost", schedule: "schedulePost" } as const;

test("a new workspace has only begun", async ({ app, overview }) => {
  const stranger = await app.owner();
  expect(await overview(stranger)).toEqual({
    states: [],
    beginning: true,
    waiting: { count: 0, forYou: 0, items: [] },
    upcoming: { count: 0, items: [] },
    recent: [],
    approved: null,
    newest: null,
  });
});

test("what waits and goes out is counted over all posts, however many drafts are newer", async ({
  write,
  act,
  overview,
}) => {
  const later = await write("Later");
  const sooner = await write("Sooner");
  for (const [{ id }, wall] of [
    [later, "2099-02-01T09:00"],
    [sooner, "2099-01-01T09:00"],
  ] as const) {
    const { boundHash } = await act(id, "submit");
    await act(id, "approve", { boundHash, note: "" });
    await act(id, "schedule", { wall, zone: "Europe/Berlin" });
  }
  for (let index = 0; index < 7; index += 1) await act((await write(`Waiting ${index}`)).id, "submit");
  for (let index = 0; index < 60; index += 1) await write(`Draft ${index}`);

  const seen = await overview();
  expect(seen.beginning).toBe(false);
  expect(new Set(seen.states)).toEqual(new Set(["draft", "in_review", "scheduled"]));
  expect(seen.waiting).toMatchObject({ count: 7, forYou: 7 });
  expect(seen.waiting.items.map(({ title }) => title)).toEqual(
    [6, 5, 4, 3, 2].map((index) => `Waiting ${index}`),
  );
  expect(seen.upcoming.count).toBe(2);
  expect(seen.upcoming.items.map(({ title }) => title)).toEqual(["Sooner", "Later"]);
  expect(seen.newest?.title).toBe("Draft 59");
});

test("what a person may not approve does not count for them", async ({ owner, overview }) => {
  await owner.call("updateWorkspace", { body: { separateApprover: true } });
  const seen = await overview();
  expect(seen.waiting).toMatchObject({ count: 7, forYou: 0 });
});
