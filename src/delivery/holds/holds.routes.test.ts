import { expect } from "vitest";
import { createJobs } from "#platform/jobs";
import { buildChannel } from "../../../test/support/builders.ts";
import { testWithApp } from "../../../test/support/fixtures/app.ts";
import { holdRoutes } from "./holds.routes.ts";
import { holdAccount, learnWindow } from "./holds.store.ts";
import { createHolds } from "./holds.ts";

const throttled = { reason: "The platform asks to wait.", evidence: "429 Slow down" };

const test = testWithApp({
  register: (api, { database }) => holdRoutes(api, { holds: createHolds({ database, jobs: createJobs() }) }),
});

test("everybody sees what slows a channel, and who manages channels ends it", async ({ app, owner }) => {
  const editor = await app.member(owner, "editor");
  const { workspaceId } = owner;
  const { id: channelId } = await buildChannel(app.database, workspaceId);
  const place = { workspaceId, channelId };
  await holdAccount(app.database.system, place, { waitMs: 60_000, ...throttled });
  await learnWindow(app.database.system, place, 600_000);
  const seen = await editor.call("listSlowedChannels");
  expect(seen.body.items).toMatchObject([{ channelId, hold: { ...throttled, waiting: 0 }, window: {} }]);
  const params = { id: channelId };
  for (const operation of ["liftHold", "forgetWindow"] as const) {
    expect((await editor.call(operation, { params })).status).toBe(403);
    expect((await (await app.owner()).call(operation, { params })).status).toBe(404);
    expect((await owner.call(operation, { params })).status).toBe(200);
  }
  expect((await editor.call("listSlowedChannels")).body).toEqual({ items: [] });
});
