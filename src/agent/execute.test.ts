import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { TestPerson } from "../../test/support/app.ts";
import { buildChannel } from "../../test/support/builders.ts";
import type { TestAgentApp } from "../../test/support/features/agent.ts";
import { testAgentApp } from "../../test/support/features/agent.ts";
import { movableClock } from "../../test/support/features/desk.ts";
import type { Drafter } from "./index.ts";
import { extractiveDrafter } from "./index.ts";

type Run = {
  id: string;
  state: string;
  postId: string | null;
  error: { code: string; message: string } | null;
  steps: { name: string; state: string }[];
};

/** The built-in drafter, with a switch for what happens around it. */
const stage = { drafts: 0, before: () => Promise.resolve(), afterPropose: () => Promise.resolve() };
const drafter: Drafter = {
  info: extractiveDrafter.info,
  async draft(request) {
    stage.drafts += 1;
    await stage.before();
    request.signal.throwIfAborted();
    return extractiveDrafter.draft(request);
  },
};

const clock = movableClock();
let app: TestAgentApp;
let owner: TestPerson;
let channelIds: string[];

beforeAll(async () => {
  app = await testAgentApp({
    drafter,
    clock,
    aroundDesk: (desk) => ({
      async propose(actor, proposal) {
        const id = await desk.propose(actor, proposal);
        await stage.afterPropose();
        return id;
      },
    }),
  });
  owner = await app.owner();
  channelIds = [
    (await buildChannel(app.database, owner.workspaceId, "sandbox")).id,
    (await buildChannel(app.database, owner.workspaceId, "email")).id,
  ];
});
beforeEach(() => {
  Object.assign(stage, { drafts: 0, before: () => Promise.resolve(), afterPropose: () => Promise.resolve() });
});
afterAll(() => app.close());

async function start(): Promise<Run> {
  const source = { kind: "brief", text: "Rain belongs to the roots. A gap in the kerb is enough." };
  return (await owner.call("createDrafts", { body: { source, channelIds } })).body;
}

async function read(id: string): Promise<Run> {
  return (await owner.call("getRun", { params: { id } })).body;
}

async function postsOf(id: string): Promise<string[]> {
  const rows = await app.database.system
    .selectFrom("post_versions")
    .select("post_id")
    .where("run_id", "=", id)
    .execute();
  return rows.map((row) => row.post_id);
}

/** As if the time of whoever works on the run were up. */
async function endLease(id: string): Promise<void> {
  const ended = { until: new Date(0) };
  await app.database.system.updateTable("leases").set(ended).where("subject", "=", id).execute();
}

/** Leaves what a killed process leaves: the lease that it took and the steps that it wrote. */
async function killDuring(id: string, when: "draft" | "propose"): Promise<void> {
  const reached = Promise.withResolvers<void>();
  const hang = () => {
    reached.resolve();
    return new Promise<void>(() => undefined);
  };
  if (when === "draft") stage.before = () => (stage.drafts === 2 ? hang() : Promise.resolve());
  else stage.afterPropose = hang;
  void app.execute(owner, id);
  await reached.promise;
  stage.before = () => Promise.resolve();
  stage.afterPropose = () => Promise.resolve();
}

test("after a kill the run goes on from its last step, once its lease ran out", async () => {
  const { id } = await start();
  await killDuring(id, "draft");
  await app.execute(owner, id);
  expect((await read(id)).state).toBe("running");
  await endLease(id);
  stage.drafts = 0;
  await app.execute(owner, id);
  // The first channel's draft was remembered; the second is written again.
  expect(stage.drafts).toBe(1);
  const run = await read(id);
  expect(run).toMatchObject({ state: "done" });
  expect(await postsOf(id)).toEqual([run.postId]);
});

test("killed after the post was saved and before it was noted: still one post", async () => {
  const { id } = await start();
  await killDuring(id, "propose");
  await endLease(id);
  await app.execute(owner, id);
  const run = await read(id);
  expect(run.state).toBe("done");
  expect(await postsOf(id)).toEqual([run.postId]);
});

test("two workers at once: one works", async () => {
  const { id } = await start();
  await Promise.all([app.execute(owner, id), app.execute(owner, id)]);
  expect(stage.drafts).toBe(2);
  expect((await read(id)).state).toBe("done");
  await app.execute(owner, id);
  expect(await postsOf(id)).toHaveLength(1);
});

test("cancelled in the middle: nothing is saved, and a finished run is not cancelled", async () => {
  const { id } = await start();
  stage.before = async () => {
    if (stage.drafts === 2) await owner.call("cancelRun", { params: { id } });
  };
  await app.execute(owner, id);
  expect(await read(id)).toMatchObject({ state: "cancelled", postId: null });
  expect(await postsOf(id)).toEqual([]);
  expect(await owner.call("cancelRun", { params: { id } })).toMatchObject({
    status: 409,
    body: { code: "agent.run_finished" },
  });
});

test("a stopping worker gives the run back at once", async () => {
  const { id } = await start();
  const stopping = new AbortController();
  stage.before = () => {
    stopping.abort();
    return Promise.resolve();
  };
  await app.execute(owner, id, stopping.signal);
  expect((await read(id)).state).toBe("running");
  stage.before = () => Promise.resolve();
  await app.execute(owner, id);
  expect((await read(id)).state).toBe("done");
});

test("a run that ends its worker every time is given up with a reason", async () => {
  const { id } = await start();
  await app.database.system.updateTable("runs").set({ executions: 5 }).where("id", "=", id).execute();
  await app.execute(owner, id);
  expect(await read(id)).toMatchObject({ state: "failed", error: { code: "agent.gave_up" } });
});

test("the sweep wakes what nobody works on", async () => {
  const { id } = await start();
  await app.database.system.deleteFrom("runs").where("id", "<>", id).execute();
  const sweep = app.agent.sweeps.find(({ name }) => name === "agent.stranded");
  const waiting = () =>
    app.database.system.selectFrom("runs").select("id").where("state", "=", "queued").execute();
  expect(await waiting()).toHaveLength(1);
  clock.move(60_000);
  await sweep?.run(new AbortController().signal);
  await app.execute(owner, id);
  expect(await waiting()).toHaveLength(0);
});

test("somebody who left the workspace gets no more drafts", async () => {
  const editor = await app.member(owner, "editor");
  const source = { kind: "brief", text: "A line." };
  const { body } = await editor.call("createDrafts", { body: { source, channelIds } });
  await app.database.system.deleteFrom("members").where("user_id", "=", editor.userId).execute();
  await app.execute(owner, body.id);
  expect(await read(body.id)).toMatchObject({ state: "failed", error: { code: "agent.requester_gone" } });
});
