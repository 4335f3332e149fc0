import { expect } from "vitest";
import { newId, systemClock } from "#kit";
import { createJobs } from "#platform/jobs";
import { asOwner } from "../../../test/support/database.ts";
import { handleEvents } from "../../../test/support/events.ts";
import { buildDeliveryFixture, orderPost, textVariant } from "../../../test/support/features/delivery.ts";
import { copyDelivery, rowsRead } from "../../../test/support/features/full-tables.ts";
import { testOnSharedSandbox as base } from "../../../test/support/fixtures/delivery.ts";
import { appendSettled, formerTasks } from "../../delivery/model/settled.ts";
import { settlePosts, settleStatus, settleSubscriber } from "./settle.ts";

const test = base
  /** Two posts of one workspace whose deliveries wait for their channel, and whose states do not say so yet. */
  .extend("twoThatWait", ({ server, platform }) => async () => {
    const fixture = await buildDeliveryFixture(server.database, platform.connector);
    const deliveries = platform.deliveries(server.database);
    const posts = [];
    for (const text of ["One", "Two"])
      posts.push((await orderPost(fixture, deliveries, textVariant(text))).postId);
    await server.database.system
      .updateTable("deliveries")
      .set({ state: "needs_reconnect" })
      .where("workspace_id", "=", fixture.workspaceId)
      .execute();
    return { workspaceId: fixture.workspaceId, posts };
  })
  .extend("statuses", ({ server }) => async (postIds: readonly string[]): Promise<string[]> => {
    const rows = await server.database.system
      .selectFrom("posts")
      .select(["id", "status"])
      .where("id", "in", postIds)
      .execute();
    return postIds.map((postId) => rows.find(({ id }) => id === postId)?.status ?? "none");
  });

test("what became of one post is found without reading every approval of the workspace", async ({
  server,
  platform,
}) => {
  const fixture = await buildDeliveryFixture(server.database, platform.connector);
  const deliveries = platform.deliveries(server.database);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("One of many"));
  const { system } = server.database;
  await copyDelivery(system, deliveryId, { count: 1_000, dueAt: new Date(Date.now() + 86_400_000) });
  const read = await rowsRead(system, "approvals", (transaction) =>
    settleStatus(transaction, fixture.workspaceId, postId, new Date()),
  );
  expect(read).toBeLessThan(10);
});

const desk = () => settleSubscriber({ clock: systemClock, jobs: createJobs() });

test("posts follow what settled, and one that somebody works on is left to a job", async ({
  server,
  twoThatWait,
  statuses,
}) => {
  const { workspaceId, posts } = await twoThatWait();
  const [free = "", busy = ""] = posts;
  await appendSettled(
    server.database.system,
    [...posts, newId()].map((postId) => ({ workspaceId, postId })),
  );
  await server.database.inWorkspace(workspaceId, async (tx) => {
    await tx.selectFrom("posts").select("id").where("id", "=", busy).forUpdate().execute();
    await handleEvents(server.database, [desk()]);
  });
  const [, before] = await statuses([free, busy]);
  expect(await statuses([free])).toEqual(["waiting_for_channel"]);
  expect(before).not.toBe("waiting_for_channel");
  const jobs = await asOwner(
    server.url,
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'desk.settle' and j.payload::jsonb -> 'postIds' ? $1`,
    [busy],
  );
  const [job] = jobs as { payload: { workspaceId: string; postIds: string[] } }[];
  expect(job?.payload.postIds).not.toContain(free);
  await settlePosts({ database: server.database, clock: systemClock }, job?.payload ?? {});
  expect(await statuses([busy])).toEqual(["waiting_for_channel"]);
});

test("a job that was in the queue before an upgrade is done as the event that it became", async ({
  server,
  twoThatWait,
  statuses,
}) => {
  const { workspaceId, posts } = await twoThatWait();
  const [task] = Object.values(formerTasks(server));
  await task?.({ workspaceId, postIds: posts }, { signal: new AbortController().signal });
  await handleEvents(server.database, [desk()]);
  expect(await statuses(posts)).toEqual(["waiting_for_channel", "waiting_for_channel"]);
});
