import { describe, expect } from "vitest";
import { newId } from "#kit";
import type { TestPerson } from "../../../test/support/app.ts";
import { buildApp, buildChannel } from "../../../test/support/builders.ts";
import { handleEvents } from "../../../test/support/events.ts";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";

const test = base
  .extend("variants", ({ channelId }) => (text: string) => [{ channelId, content: { parts: [text] } }])
  .extend("draft", ({ owner, variants }) => async (person = owner, text = "The galley is ready.") => {
    const answer = await person.call("createPost", { body: { title: "Proof", variants: variants(text) } });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  })
  .extend(
    "act",
    ({ owner }) =>
      (
        id: string,
        step: keyof typeof steps,
        { body, by = owner }: { body?: unknown; by?: TestPerson } = {},
      ) =>
        by.call(steps[step], { params: { id }, body }),
  )
  .extend("approved", ({ draft, act }) => async () => {
    const post = await draft();
    const submitted = await act(post.id, "submit");
    const answer = await act(post.id, "approve", {
      body: { boundHash: submitted.body.boundHash, note: "fine" },
    });
    expect(answer).toMatchObject({ status: 200, body: { status: "approved" } });
    return answer.body;
  })
  .extend(
    "titled",
    ({ owner, channelId }) =>
      async (title: string, text: string, { by = owner, on = channelId } = {}) => {
        const body = { title, variants: [{ channelId: on, content: { parts: [text] } }] };
        const answer = await by.call("createPost", { body });
        expect(answer.status).toBe(201);
        return answer.body;
      },
  )
  .extend("found", ({ owner }) => async (q: string, person = owner): Promise<string[]> => {
    const { body } = await person.call("listPosts", { query: { q, limit: 100 } });
    return body.items.map(({ title }) => title).toSorted();
  });

const steps = {
  submit: "submitPost",
  withdraw: "withdrawPost",
  approve: "approvePost",
  "request-changes": "requestChanges",
  schedule: "schedulePost",
  unschedule: "unschedulePost",
  publish: "publishPost",
  cancel: "cancelPost",
  restore: "restorePost",
} as const;

describe("words are found", () => {
  test("anywhere in title and first lines, in any script and case, and nowhere else", async ({
    app,
    titled,
    found,
  }) => {
    await titled("Hafenrundfahrt", "Der Zug nach STRASSBURG: 100%_sicher");
    await titled("Привет, мир", "日本語の投稿");
    const stranger = await app.owner();
    const elsewhere = (await buildChannel(app.database, stranger.workspaceId)).id;
    await titled("Hafenrundfahrt dort", "nichts", { by: stranger, on: elsewhere });
    for (const [q, titles] of [
      ["RUNDfahrt", ["Hafenrundfahrt"]],
      ["straßburg", ["Hafenrundfahrt"]],
      ["strassburg", ["Hafenrundfahrt"]],
      ["0%_s", ["Hafenrundfahrt"]],
      ["0%s", []],
      ["_s", ["Hafenrundfahrt"]],
      ["ПРИВЕТ", ["Привет, мир"]],
      ["本語", ["Привет, мир"]],
      ["語本", []],
      ["Hafenrundfahrt\nDer", ["Hafenrundfahrt"]],
    ] as const) {
      expect([q, await found(q)]).toEqual([q, titles]);
    }
    expect(await found("rundfahrt", stranger)).toEqual(["Hafenrundfahrt dort"]);
  });

  test("as a post says them now, and page by page where they are common", async ({
    app,
    owner,
    channelId,
    titled,
    found,
  }) => {
    const { id, version } = await titled("Zugvogel", "first words");
    const content = { parts: ["second thoughts"] };
    const edited = await owner.call("editPost", {
      params: { id },
      body: { title: "Zugvogel", baseVersion: version, variants: [{ channelId, content }] },
    });
    expect(edited.status).toBe(200);
    expect([await found("first words"), await found("second thou")]).toEqual([[], ["Zugvogel"]]);
    await app.database.system
      .insertInto("posts")
      .values(
        Array.from({ length: 1_010 }, (_, number) => ({
          workspace_id: owner.workspaceId,
          id: newId(),
          title: `Wanderfalke ${number}`,
          content_hash: "0",
        })),
      )
      .execute();
    expect(await found("wanderfalke 1009")).toEqual(["Wanderfalke 1009"]);
    const seen = new Set<string>();
    for (let cursor = ""; ;) {
      const query = { q: "wanderfalke", limit: 100, ...(cursor ? { cursor } : {}) };
      const { body } = await owner.call("listPosts", { query });
      for (const post of body.items) seen.add(post.id);
      if (body.next === null) break;
      cursor = body.next;
    }
    expect(seen.size).toBe(1_010);
  });
});

test("what a post costs is told by the app that its channel is connected with", async ({ app, owner }) => {
  const { workspaceId } = owner;
  const [usual, covered] = [
    await buildChannel(app.database, workspaceId, "x"),
    await buildChannel(app.database, workspaceId, "x"),
  ];
  const place = { workspaceId, channelId: covered.id, connector: "x" };
  await buildApp(app.database, place, { identity: "own", openValues: { postPrice: "0.5" } });
  const wanted = [usual, covered].map(({ id }) => ({ channelId: id, content: { parts: ["No link"] } }));
  const answer = await owner.call("checkPost", { body: { variants: wanted } });
  expect(answer.body.variants.map(({ price }) => price?.amount)).toEqual(["0.015", "0.5"]);
});

test("what a person does is in the audit log with the id of its request", async ({ app, owner, draft }) => {
  const post = await draft();
  await owner.call("submitPost", { params: { id: post.id }, headers: { "x-request-id": "trace-me-7" } });
  await handleEvents(app.database);
  const events = await app.database.system
    .selectFrom("audit_events")
    .select(["action", "request_id"])
    .where("target_id", "=", post.id)
    .orderBy("id", "desc")
    .execute();
  expect(events[0]).toEqual({ action: "post.submitted", request_id: "trace-me-7" });
  expect(events[1]?.request_id).toMatch(/./u);
});

describe("the way of a post", () => {
  test("draft, review, approval, publication", async ({ app, act, approved }) => {
    const post = await approved();
    expect(post).toMatchObject({ approval: { note: "fine" }, lastApprovedVersion: 1 });
    const published = await act(post.id, "publish");
    expect(published).toMatchObject({ status: 200, body: { status: "publishing" } });
    const rows = await app.database.system
      .selectFrom("deliveries")
      .select(["content", "state"])
      .where("post_id", "=", post.id)
      .execute();
    expect(rows).toMatchObject([
      { state: "scheduled", content: { variant: { parts: ["The galley is ready."] }, media: [] } },
    ]);
    expect(await act(post.id, "publish")).toMatchObject({ status: 409, body: { code: "desk.wrong_state" } });
  });

  test("the list shows what the page shows, and pages by cursor", async ({ app }) => {
    const other = await app.owner();
    const channel = await buildChannel(app.database, other.workspaceId);
    for (const text of ["one", "two", "three"]) {
      const body = { title: text, variants: [{ channelId: channel.id, content: { parts: [text] } }] };
      await other.call("createPost", { body });
    }
    const first = await other.call("listPosts", { query: { limit: 2 } });
    expect(first.body.items.map((item) => item.excerpt)).toEqual(["three", "two"]);
    expect(first.body.items[0]).toMatchObject({
      channels: [{ channelId: channel.id, connector: "sandbox", handle: "@daily" }],
      author: { name: "Robin Page", kind: "person" },
      scheduled: null,
    });
    const second = await other.call("listPosts", { query: { limit: 2, cursor: first.body.next } });
    expect(second.body).toMatchObject({ items: [{ excerpt: "one" }], next: null });
    const found = await other.call("listPosts", { query: { q: "TW", status: "draft,in_review" } });
    expect(found.body.items.map((item) => item.excerpt)).toEqual(["two"]);
    expect(await other.call("listPosts", { query: { status: "lost" } })).toMatchObject({ status: 400 });
    expect(await other.call("listPosts", { query: { cursor: "lost" } })).toMatchObject({ status: 400 });
    expect((await other.call("listPosts", { query: { q: "%" } })).body.items).toEqual([]);
  });

  test("a span of time lists what is scheduled in it, by time", async ({ app, act }) => {
    const other = await app.owner();
    const channel = await buildChannel(app.database, other.workspaceId);
    for (const day of ["03", "01", "02", null]) {
      const body = {
        title: day ?? "none",
        variants: [{ channelId: channel.id, content: { parts: [`day ${day}`] } }],
      };
      const { body: post } = await other.call("createPost", { body });
      if (day)
        await act(post.id, "schedule", { body: { wall: `2090-01-${day}T09:00`, zone: "UTC" }, by: other });
    }
    const span = { from: "2090-01-01T00:00:00Z", to: "2090-01-03T09:00:00Z", limit: 1 };
    const first = await other.call("listPosts", { query: span });
    expect(first.body.items.map((item) => item.excerpt)).toEqual(["day 01"]);
    const second = await other.call("listPosts", { query: { ...span, cursor: first.body.next } });
    expect(second.body).toMatchObject({ items: [{ excerpt: "day 02" }], next: null });
    expect(await other.call("listPosts", { query: { cursor: first.body.next } })).toMatchObject({
      status: 400,
    });
  });

  test("an edit voids the approval and says so; the title alone does not", async ({
    owner,
    variants,
    act,
    approved,
  }) => {
    const post = await approved();
    const renamed = await owner.call("editPost", {
      params: { id: post.id },
      body: { title: "Other name", variants: variants("The galley is ready."), baseVersion: 1 },
    });
    expect(renamed.body).toMatchObject({ status: "approved", version: 2 });
    const edited = await owner.call("editPost", {
      params: { id: post.id },
      body: { title: "Other name", variants: variants("The galley is not ready."), baseVersion: 2 },
    });
    expect(edited.body).toMatchObject({
      status: "draft",
      version: 3,
      approval: null,
      lastApprovedVersion: 1,
    });
    expect(edited.body.lastDecision?.voidedReason).toContain("edited the post (version 3)");
    expect(await act(post.id, "publish")).toMatchObject({ status: 409, body: { code: "desk.wrong_state" } });
  });

  test("versions can be read and brought back", async ({ owner, variants, draft }) => {
    const post = await draft(owner, "first words");
    await owner.call("editPost", {
      params: { id: post.id },
      body: { title: "P", variants: variants("second"), baseVersion: 1 },
    });
    const list = await owner.call("listPostVersions", { params: { id: post.id } });
    expect(list.body.items.map((version) => version.number)).toEqual([2, 1]);
    const old = await owner.call("getPostVersion", { params: { id: post.id, number: "1" } });
    const back = await owner.call("editPost", {
      params: { id: post.id },
      body: { title: old.body.title, variants: old.body.variants, baseVersion: 2 },
    });
    expect(back.body).toMatchObject({ version: 3, excerpt: "first words" });
    expect(await owner.call("getPostVersion", { params: { id: post.id, number: "9" } })).toMatchObject({
      status: 404,
    });
  });

  test("a removed draft is gone from the list and can be restored", async ({ owner, draft, act }) => {
    const post = await draft();
    expect(await owner.call("removePost", { params: { id: post.id } })).toMatchObject({ status: 204 });
    const list = await owner.call("listPosts", { query: { limit: 100 } });
    expect(list.body.items.map((item) => item.id)).not.toContain(post.id);
    expect(await act(post.id, "submit")).toMatchObject({ status: 404 });
    expect(await act(post.id, "restore")).toMatchObject({
      status: 200,
      body: { deletedAt: null, status: "draft" },
    });
    await act(post.id, "cancel");
    expect(await act(post.id, "restore")).toMatchObject({ status: 200, body: { status: "draft" } });
  });
});

describe("refusals", () => {
  test("approval of something else than was seen approves nothing", async ({ owner, draft, act }) => {
    const post = await draft();
    const submitted = await act(post.id, "submit");
    await act(post.id, "schedule", { body: { wall: "2099-01-01T09:00", zone: "Europe/Berlin" } });
    const answer = await act(post.id, "approve", { body: { boundHash: submitted.body.boundHash } });
    expect(answer).toMatchObject({ status: 409, body: { code: "desk.changed_since_seen" } });
    const now = await owner.call("getPost", { params: { id: post.id } });
    expect(now.body).toMatchObject({ status: "in_review", approval: null });
  });

  test("the author cannot approve his own words where the workspace forbids it, and is told why", async ({
    app,
    owner,
    draft,
    act,
  }) => {
    await app.database.system
      .updateTable("workspaces")
      .set({ separate_approver: true })
      .where("id", "=", owner.workspaceId)
      .execute();
    try {
      const post = await draft();
      const { body } = await act(post.id, "submit");
      expect(body.allowed).not.toContain("approve");
      expect(body.refused.find(({ action }) => action === "approve")).toMatchObject({
        code: "desk.own_words",
      });
      const refused = await act(post.id, "approve", { body: { boundHash: body.boundHash } });
      expect(refused).toMatchObject({ status: 403, body: { code: "desk.own_words" } });
      const approver = await app.member(owner, "approver");
      const answer = await act(post.id, "approve", { body: { boundHash: body.boundHash }, by: approver });
      expect(answer).toMatchObject({ status: 200, body: { status: "approved" } });
    } finally {
      await app.database.system
        .updateTable("workspaces")
        .set({ separate_approver: false })
        .where("id", "=", owner.workspaceId)
        .execute();
    }
  });

  test("a viewer sees which buttons are not his, and the routes agree", async ({
    app,
    owner,
    draft,
    act,
  }) => {
    const viewer = await app.member(owner, "viewer");
    const post = await draft();
    const page = await viewer.call("getPost", { params: { id: post.id } });
    expect(page.body.allowed).toEqual([]);
    expect(page.body.refused.map(({ code }) => code)).toContain("desk.not_permitted");
    expect(await act(post.id, "submit", { by: viewer })).toMatchObject({ status: 403 });
  });

  test("another workspace's post answers like none", async ({ app, variants, draft, act }) => {
    const stranger = await app.owner();
    const post = await draft();
    expect(await stranger.call("getPost", { params: { id: post.id } })).toMatchObject({ status: 404 });
    expect(await act(post.id, "submit", { by: stranger })).toMatchObject({ status: 404 });
    const answer = await stranger.call("createPost", { body: { title: "x", variants: variants("x") } });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ code: "desk.channel_unknown" }] } });
  });

  test("a stale edit is refused and changes nothing", async ({ owner, variants, draft }) => {
    const post = await draft();
    const edit = { title: "P", variants: variants("second"), baseVersion: 1 };
    expect(await owner.call("editPost", { params: { id: post.id }, body: edit })).toMatchObject({
      status: 200,
    });
    const stale = await owner.call("editPost", {
      params: { id: post.id },
      body: { ...edit, variants: variants("third") },
    });
    expect(stale).toMatchObject({ status: 409, body: { code: "desk.version_conflict" } });
    expect((await owner.call("getPost", { params: { id: post.id } })).body).toMatchObject({
      version: 2,
      excerpt: "second",
    });
  });

  test("a draft with an error is saved, and not submitted", async ({ owner, variants, draft, act }) => {
    const post = await draft(owner, "x".repeat(20_000));
    const answer = await act(post.id, "submit");
    expect(answer).toMatchObject({ status: 422, body: { code: "desk.not_ready" } });
    expect(answer.body.errors?.[0]?.path).toBe("/variants/0/content/parts/0");
    const checked = await owner.call("checkPost", { body: { variants: variants("x".repeat(20_000)) } });
    expect(checked.body.variants[0]?.parts[0]).toMatchObject({ length: 20_000 });
  });

  test("times that are past, unreal or ambiguous are refused with the way out", async ({ draft, act }) => {
    const { id } = await draft();
    const zone = "America/New_York";
    expect(await act(id, "schedule", { body: { wall: "2020-01-01T09:00", zone } })).toMatchObject({
      status: 422,
      body: { code: "desk.schedule_past" },
    });
    expect(await act(id, "schedule", { body: { wall: "2099-02-30T09:00", zone } })).toMatchObject({
      body: { code: "desk.schedule_wall" },
    });
    expect(await act(id, "schedule", { body: { wall: "2099-01-01T09:00", zone: "+02:00" } })).toMatchObject({
      body: { code: "desk.schedule_zone" },
    });
    expect((await act(id, "schedule", { body: { wall: "2027-11-07T01:30", zone } })).body).toMatchObject({
      code: "desk.schedule_ambiguous",
      errors: [{ code: "desk.schedule_earlier" }, { code: "desk.schedule_later" }],
    });
    const chosen = await act(id, "schedule", { body: { wall: "2027-11-07T01:30", zone, rule: "later" } });
    expect(chosen.body).toMatchObject({ status: "draft", scheduled: { at: "2027-11-07T06:30:00.000Z" } });
  });
});
