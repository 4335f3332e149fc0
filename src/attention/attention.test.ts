import { expect } from "vitest";
import { newId } from "#kit";
import type { TestPerson } from "../../test/support/app.ts";
import { buildChannel } from "../../test/support/builders.ts";
import type { BodyOf } from "../../test/support/calls.ts";
import { asOwner } from "../../test/support/database.ts";
import { buildDeliveryFixture, orderPost, textVariant } from "../../test/support/features/delivery.ts";
import { testWithApp } from "../../test/support/fixtures/app.ts";

type Page = BodyOf<"listAttention">;

const test = testWithApp({ serves: ["attention", "desk"] })
  .extend(
    "attention",
    ({ owner }) =>
      async (person = owner, query: Record<string, string | number | undefined> = {}): Promise<Page> => {
        const { status, body } = await person.call("listAttention", { query });
        expect(status).toBe(200);
        return body;
      },
  )
  /** A delivery of a post of its own that came to this state on this channel. */
  .extend(
    "delivery",
    ({ app, owner }) =>
      async (state: string, channelId: string, errorMessage: string | null = null): Promise<string> => {
        const connector = app.features.connectors.get("sandbox");
        if (!connector) throw new TypeError("there is no sandbox connector");
        const fixture = await buildDeliveryFixture(app.database, connector);
        const here = { ...fixture, workspaceId: owner.workspaceId, approverId: owner.userId, channelId };
        const { deliveryId } = await orderPost(here, app.features.deliveries, textVariant(`It is ${state}`));
        await asOwner(app.url, "update deliveries set state = $1, error_message = $2 where id = $3", [
          state,
          errorMessage,
          deliveryId,
        ]);
        return deliveryId;
      },
  )
  .extend(
    "channel",
    ({ app, owner }) =>
      async (status: string, reason: string | null = null): Promise<string> => {
        const { id } = await buildChannel(app.database, owner.workspaceId);
        await asOwner(app.url, "update channels set status = $1, status_reason = $2 where id = $3", [
          status,
          reason,
          id,
        ]);
        return id;
      },
  );

async function inReview(person: TestPerson, channelId: string, title: string): Promise<string> {
  const variants = [{ channelId, content: { parts: ["The galley is ready."] } }];
  const { body } = await person.call("createPost", { body: { title, variants } });
  expect(await person.call("submitPost", { params: { id: body.id } })).toMatchObject({ status: 200 });
  return body.id;
}

test("nothing waits in a new workspace", async ({ attention }) => {
  expect(await attention()).toEqual({
    count: 0,
    counts: { answer: 0, channel: 0, stopped: 0, approval: 0 },
    items: [],
    next: null,
  });
});

test("what may be live comes first, then channels, what has stopped, and what has time", async ({
  owner,
  attention,
  delivery,
  channel,
}) => {
  const here = await channel("connected");
  const review = await inReview(owner, here, "To be approved");
  const missed = await delivery("missed", here, "It is late.");
  const asked = await delivery("needs_human", here, "Nobody knows.");
  const ended = await channel("needs_reconnect", "The access has ended.");
  await delivery("confirmed", here);
  await delivery("scheduled", here);
  const { items, count, counts } = await attention();
  expect(items.map(({ kind, what, id }) => [kind, what, id])).toEqual([
    ["answer", "delivery", asked],
    ["channel", "channel", ended],
    ["stopped", "delivery", missed],
    ["approval", "post", review],
  ]);
  expect(count).toBe(4);
  expect(counts).toEqual({ answer: 1, channel: 1, stopped: 1, approval: 1 });
  expect(items[0]).toMatchObject({ state: "needs_human", reason: "Nobody knows.", delivery: { id: asked } });
  expect(items[1]).toMatchObject({
    reason: "The access has ended.",
    channel: { handle: "@daily" },
    delivery: null,
  });
  expect(items[3]).toMatchObject({
    title: "To be approved",
    channel: null,
    post: { id: review, author: { kind: "person" }, channels: [{ handle: "@daily" }] },
  });
});

test("what a channel holds back stands with the channel, once", async ({ attention, delivery, channel }) => {
  const away = await channel("needs_reconnect");
  await delivery("needs_reconnect", away);
  await delivery("needs_reconnect", away);
  const idle = await channel("disconnected");
  const left = await channel("disconnected");
  await delivery("needs_reconnect", left);
  const back = await channel("connected");
  const late = await delivery("needs_reconnect", back);
  const { items } = await attention();
  expect(new Map(items.map(({ id, held }) => [id, held]))).toEqual(
    new Map([
      [away, 2],
      [left, 1],
      [late, 0],
    ]),
  );
  expect(items.map(({ id }) => id)).not.toContain(idle);
});

test("a second copy asks, whatever became of the delivery", async ({
  app,
  owner,
  attention,
  delivery,
  channel,
}) => {
  const here = await channel("connected");
  const id = await delivery("confirmed", here);
  const copyId = newId();
  await asOwner(
    app.url,
    `insert into delivery_second_copies (workspace_id, id, delivery_id, item, channel_id, external_id, external_created_at)
     values ($1, $2, $3, 0, $4, 'copy', now())`,
    [owner.workspaceId, copyId, id, here],
  );
  expect((await attention()).items).toMatchObject([{ id, kind: "answer", state: "confirmed" }]);
  await asOwner(app.url, "update delivery_second_copies set acknowledged_at = now() where id = $1", [copyId]);
  expect((await attention()).count).toBe(0);
});

test("approvals wait for those who may give them, and not for who wrote the words where two people are asked for", async ({
  app,
  owner,
  attention,
  channel,
}) => {
  const here = await channel("connected");
  const post = await inReview(owner, here, "Mine");
  const [approver, editor, viewer] = await Promise.all(
    (["approver", "editor", "viewer"] as const).map((role) => app.member(owner, role)),
  );
  expect((await attention(approver)).items).toMatchObject([{ id: post }]);
  expect((await attention(editor)).count).toBe(0);
  expect((await attention(viewer)).count).toBe(0);
  expect((await attention()).count).toBe(1);
  const alone = { separate_approver: true };
  await app.database.system
    .updateTable("workspaces")
    .set(alone)
    .where("id", "=", owner.workspaceId)
    .execute();
  expect((await attention()).count).toBe(0);
  expect((await attention(approver)).count).toBe(1);
});

test("a series waits until it is approved", async ({ owner, attention, channel }) => {
  const here = await channel("connected");
  const variants = [{ channelId: here, content: { parts: ["Every week."] } }];
  const { body: post } = await owner.call("createPost", { body: { title: "Weekly", variants } });
  const rule = {
    repeat: { every: "day", interval: 7 },
    time: "09:00",
    zone: "Europe/Berlin",
    startsOn: "2030-01-01",
  };
  const made = await owner.call("createSeries", { body: { postId: post.id, rule } });
  expect(made).toMatchObject({ status: 201 });
  expect((await attention()).items).toMatchObject([
    {
      id: made.body.id,
      kind: "approval",
      what: "series",
      title: "Weekly",
      series: { words: made.body.words },
    },
  ]);
  await owner.call("pauseSeries", { params: { id: made.body.id } });
  expect((await attention()).count).toBe(0);
});

test("a warning waits until it is dismissed or what it is about has changed", async ({
  app,
  attention,
  channel,
}) => {
  const here = await channel("connected");
  await asOwner(app.url, "update channels set ends_at = now() + interval '5 days' where id = $1", [here]);
  await asOwner(
    app.url,
    `insert into expiry_warnings (workspace_id, id, connector, subject, subject_key, channel_id, ends_at, days)
     select workspace_id, gen_random_uuid(), connector, 'consent', id, id, ends_at, 7 from channels where id = $1`,
    [here],
  );
  const { items } = await attention();
  expect(items).toMatchObject([
    {
      kind: "channel",
      what: "warning",
      state: "consent",
      warning: { channelId: here, connector: "sandbox", days: 7 },
    },
  ]);
  await asOwner(app.url, "update channels set ends_at = ends_at + interval '60 days' where id = $1", [here]);
  expect((await attention()).count).toBe(0);
});

test("pages follow each other over the kinds, and one kind can be asked for alone", async ({
  owner,
  attention,
  delivery,
  channel,
}) => {
  const here = await channel("connected");
  const ids = new Set<string>();
  for (let number = 0; number < 3; number += 1) {
    ids.add(await delivery("needs_human", here));
    ids.add(await delivery("rejected", here));
    ids.add(await inReview(owner, here, `Post ${number}`));
  }
  const seen: Page["items"] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Page = await attention(owner, { limit: 2, cursor: cursor || undefined });
    expect(page.count).toBe(9);
    seen.push(...page.items);
    cursor = page.next;
  }
  expect(seen.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
  expect(seen.map(({ kind }) => kind)).toEqual([
    ...Array<string>(3).fill("answer"),
    ...Array<string>(3).fill("stopped"),
    ...Array<string>(3).fill("approval"),
  ]);
  const stopped = await attention(owner, { kind: "stopped" });
  expect(stopped.items.map(({ kind }) => kind)).toEqual(["stopped", "stopped", "stopped"]);
  expect((await owner.call("listAttention", { query: { cursor: "nonsense" } })).status).toBe(400);
});
