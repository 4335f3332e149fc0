import { describe, expect } from "vitest";
import { buildMember } from "../../../test/support/builders.ts";
import { test } from "../../../test/support/fixtures/delivery.ts";

describe("lateness and changes of mind", () => {
  test("what is overdue beyond the grace is missed and asks, and goes out when the person says so", async ({
    server,
    fixture,
    deliveries,
    order,
    untilState,
    visible,
  }) => {
    const actor = await buildMember(server.database, fixture.workspaceId);
    const dueAt = new Date(Date.now() - 3_600_000);
    const { postId, deliveryId } = await order("Old", {
      dueAt,
      graceSeconds: 60,
    });
    expect((await untilState(postId, "missed")).error?.code).toBe("delivery.late");
    expect(await visible()).toEqual([]);
    await deliveries.retry(actor, deliveryId);
    await untilState(postId, "confirmed");
    expect(await visible()).toEqual(["Old"]);
  });

  test("a cancelled delivery is never sent; one that is out is too late to cancel", async ({
    server,
    fixture,
    deliveries,
    order,
    untilState,
    visible,
  }) => {
    const early = await order("Never", {
      dueAt: new Date(Date.now() + 500),
    });
    const done = await order("Done");
    await untilState(done.postId, "confirmed");
    const change = await server.database.inWorkspace(fixture.workspaceId, async (transaction) => [
      await deliveries.cancel(transaction, fixture.workspaceId, early.postId),
      await deliveries.cancel(transaction, fixture.workspaceId, done.postId),
    ]);
    expect(change).toEqual([
      { cancelled: [early.deliveryId], tooLate: [] },
      { cancelled: [], tooLate: [done.deliveryId] },
    ]);
    await new Promise((resolve) => {
      setTimeout(resolve, 700);
    });
    for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
    expect(await visible()).toEqual(["Done"]);
  });

  test("a paused channel sends nothing until it is resumed", async ({
    server,
    fixture,
    deliveries,
    viewOf,
    order,
    untilState,
  }) => {
    const pausing = server.database.system.updateTable("channels").where("id", "=", fixture.channelId);
    await pausing.set({ paused_at: new Date() }).execute();
    const { postId } = await order("Held");
    for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
    expect((await viewOf(postId)).state).toBe("scheduled");
    await pausing.set({ paused_at: null }).execute();
    await untilState(postId, "confirmed");
  });

  test("an approval that no longer stands stops the post at the last gate", async ({
    server,
    order,
    untilState,
    visible,
  }) => {
    const { postId, approvalId } = await order("Unapproved");
    await server.database.system
      .updateTable("approvals")
      .set({ voided_at: new Date() })
      .where("id", "=", approvalId)
      .execute();
    expect((await untilState(postId, "rejected")).error?.code).toBe("delivery.approval_void");
    expect(await visible()).toEqual([]);
  });
});
