import { describe, expect } from "vitest";
import { createPool } from "#platform/db";
import { asOwner } from "../../../test/support/database.ts";
import { sweepUntil } from "../../../test/support/features/delivery.ts";
import { test } from "../../../test/support/fixtures/delivery.ts";
import type { Deliveries } from "../deliveries.ts";

describe("several workers", () => {
  test("send each of a hundred posts once", async ({
    server,
    platform,
    deliveries,
    viewOf,
    visible,
    order,
  }) => {
    const others = [platform.deliveries(server.database), platform.deliveries(server.database)];
    const orders: { postId: string }[] = [];
    for (let number = 0; number < 100; number += 1) {
      orders.push(await order(`Post ${number}`));
    }
    const stopping = new AbortController();
    const sweepsOf = (one: Deliveries) => one.sweeps.map((sweep) => sweep.run(stopping.signal));
    await Promise.all([deliveries, ...others].flatMap(sweepsOf));
    await sweepUntil(deliveries, async () => {
      const states = await Promise.all(orders.map(({ postId }) => viewOf(postId)));
      return states.every(({ state }) => state === "confirmed");
    });
    const sent = await visible();
    expect(new Set(sent).size).toBe(100);
    expect(sent).toHaveLength(100);
  }, 60_000);

  test("tells of each outcome by an event, and wakes who hands it out", async ({
    server,
    fixture,
    order,
    untilState,
  }) => {
    const { postId } = await order("Told");
    await untilState(postId, "confirmed");
    const queue = createPool({ url: server.url, role: null, size: 1 });
    const told = await asOwner(
      server.url,
      "select from events where kind = 'delivery.settled' and workspace_id = $2 and data -> 'postIds' ? $1",
      [postId, fixture.workspaceId],
    );
    const woken = await queue.query(
      `select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = 'events.dispatch' and j.payload ->> 'workspaceId' = $1`,
      [fixture.workspaceId],
    );
    await queue.end();
    expect([told.length, woken.rowCount]).toEqual([1, 1]);
  });
});
