import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect } from "vitest";
import { type Actor, newId } from "#kit";
import { test as base } from "../../../test/support/fixtures/channels.ts";

const test = base
  .extend("actor", ({ ada }) => (): Actor => {
    const { userId, email, workspaceId } = ada;
    return { kind: "person", userId, name: "Ada", email, sessionId: newId(), workspaceId, role: "owner" };
  })
  .extend(
    "connectMail",
    ({ ada }) =>
      (form: Record<string, string> = mailForm, headers = {}) =>
        ada.call("connectChannel", { body: { connector: "email", form }, headers }),
  );

const mailForm = { fromName: "The Daily", fromAddress: "news@daily.test", recipients: "reader@daily.test" };

describe("connecting by a form", () => {
  test("the built-in mail catcher needs no server", async ({ ada, connectMail }) => {
    const answer = await connectMail();
    expect(answer).toMatchObject({ status: 201, body: { handle: "news@daily.test", status: "connected" } });
    const id = answer.body.id;
    const check = await ada.call("checkChannel", { params: { id } });
    expect(check.body).toMatchObject({ healthy: true, cause: null, fix: null });
  });

  test("connected again, a refusal of the former access marks nothing", async ({
    world,
    ada,
    connectMail,
  }) => {
    const id = (await connectMail()).body.id;
    const signal = AbortSignal.timeout(10_000);
    const former = await world.channels.open(ada.workspaceId, id, signal);
    await pause(5);
    await connectMail();
    await world.channels.needsReconnect(ada.workspaceId, id, "the old one is refused", former.credentialsAt);
    expect(await world.channels.get(ada.workspaceId, id)).toMatchObject({ status: "connected" });
    const present = await world.channels.open(ada.workspaceId, id, signal);
    await world.channels.needsReconnect(ada.workspaceId, id, "this one is refused", present.credentialsAt);
    expect(await world.channels.get(ada.workspaceId, id)).toMatchObject({ status: "needs_reconnect" });
  });

  test("the form tells what it starts with", async ({ ada }) => {
    const { body } = await ada.call("listConnectors");
    const email = body.items.find(({ id }) => id === "email");
    const fields = [
      expect.objectContaining({ key: "fromAddress", initial: "news@galley.test", required: true }),
    ];
    expect(email?.connect).toMatchObject({ fields: expect.arrayContaining(fields) });
  });

  test("each wrong field is named", async ({ ada }) => {
    const wrong = {
      ...mailForm,
      fromName: " ",
      tls: "maybe",
      port: "many",
      bcc: "x",
    };
    const { status, body } = await ada.call("connectChannel", { body: { connector: "email", form: wrong } });
    expect(status).toBe(400);
    expect(body.code).toBe("channels.wrong_form");
    expect(body.errors.map(({ path }) => path).sort()).toEqual([
      "/form/bcc",
      "/form/fromName",
      "/form/port",
      "/form/tls",
    ]);
  });

  test("a field that the connector refuses is named too", async ({ ada }) => {
    const form = { ...mailForm, recipients: "reader@daily.test\nnobody" };
    const { body } = await ada.call("connectChannel", { body: { connector: "email", form } });
    expect(body).toMatchObject({ code: "channels.wrong_form", errors: [{ path: "/form/recipients" }] });
  });

  test("a server that cannot be reached stores nothing", async ({ ada, connectMail }) => {
    const form = { ...mailForm, host: "127.0.0.1", port: "1", tls: "none" };
    expect((await connectMail(form)).status).toBeGreaterThanOrEqual(400);
    expect((await ada.call("listChannels")).body).toEqual({ items: [] });
  });

  test("a platform with a page of its own takes no form", async ({ ada }) => {
    const answer = await ada.call("connectChannel", { body: { connector: "sandbox", form: {} } });
    expect(answer).toMatchObject({ status: 400, body: { code: "channels.not_a_form" } });
  });

  test("the same form again changes the channel and keeps its id", async ({ connectMail }) => {
    const first = await connectMail();
    const second = await connectMail({ ...mailForm, fromName: "The Nightly" });
    expect(second.body).toMatchObject({ id: first.body["id"], displayName: "The Nightly" });
  });

  test("an Idempotency-Key connects once", async ({ connectMail }) => {
    const key = { "idempotency-key": newId() };
    const [first, second] = [await connectMail(mailForm, key), await connectMail(mailForm, key)];
    expect(second.body["id"]).toBe(first.body["id"]);
  });
});

describe("pausing", () => {
  test("holds delivery back and lets reading and checking go on", async ({ world, ada }) => {
    const id = await world.connectSandbox(ada);
    expect((await ada.call("pauseChannel", { params: { id } })).body["pausedAt"]).toEqual(expect.any(String));
    const { signal } = new AbortController();
    const refused = world.channels.open(ada.workspaceId, id, signal);
    await expect(refused).rejects.toMatchObject({ code: "channels.paused", retryable: true });
    expect((await world.channels.open(ada.workspaceId, id, signal, { whilePaused: true })).channel.id).toBe(
      id,
    );
    expect((await ada.call("checkChannel", { params: { id } })).body.healthy).toBe(true);
    expect((await ada.call("resumeChannel", { params: { id } })).body["pausedAt"]).toBeNull();
    expect((await world.channels.open(ada.workspaceId, id, signal)).channel.id).toBe(id);
  });
});

describe("disconnecting", () => {
  test("withdraws the access at the platform, keeps the row, and connecting again brings it back", async ({
    world,
    ada,
  }) => {
    const id = await world.connectSandbox(ada);
    const { signal } = new AbortController();
    const { connector, context } = await world.channels.open(ada.workspaceId, id, signal);
    const answer = await ada.call("disconnectChannel", { params: { id } });
    expect(answer).toMatchObject({ status: 200, body: { revoked: true } });
    await expect(connector.probe(context)).rejects.toMatchObject({ verdict: "unauthorized" });
    expect((await ada.call("getChannel", { params: { id } })).body["status"]).toBe("disconnected");
    await expect(world.channels.open(ada.workspaceId, id, signal)).rejects.toMatchObject({
      code: "channels.needs_reconnect",
    });
    expect(await world.connectSandbox(ada)).toBe(id);
  });

  test("works although the platform does not answer, and says so", async ({ world, ada, actor }) => {
    const id = await world.connectSandbox(ada);
    const answer = await world.otherProcess({ cutOff: true }).disconnect(actor(), id);
    expect(answer.revoked).toBe(false);
    expect(answer.message).toContain("did not confirm");
    expect((await ada.call("disconnectChannel", { params: { id } })).body).toMatchObject({ revoked: null });
  });

  test("is not for another workspace", async ({ world, ada }) => {
    const id = await world.connectSandbox(ada);
    const stranger = await world.app.owner();
    for (const operation of ["disconnectChannel", "pauseChannel", "resumeChannel", "checkChannel"] as const) {
      expect((await stranger.call(operation, { params: { id } })).status).toBe(404);
    }
    expect((await ada.call("getChannel", { params: { id } })).body).toMatchObject({
      status: "connected",
      pausedAt: null,
    });
  });
});

describe("a check", () => {
  test("tells cause and fix when the access was withdrawn, and marks the channel", async ({ world, ada }) => {
    const id = await world.connectSandbox(ada);
    await world.control("revoke-tokens");
    const { body } = await ada.call("checkChannel", { params: { id } });
    expect(body).toMatchObject({ healthy: false, channel: { status: "needs_reconnect" } });
    expect(body.cause).not.toBeNull();
    expect(body.fix).toContain("again");
  });

  test("tells when the platform cannot be reached, and changes nothing", async ({ world, ada, actor }) => {
    const id = await world.connectSandbox(ada);
    const check = await world.otherProcess({ cutOff: true }).check(actor(), id);
    expect(check).toMatchObject({ healthy: false, channel: { status: "connected" } });
    expect(check.cause).toContain("does not accept connections");
    expect(check.fix).toContain("firewall");
  });

  test("tells when GALLEY_KEY was changed; connecting again mends it", async ({
    world,
    actor,
    connectMail,
  }) => {
    const { body } = await connectMail();
    const id = body.id;
    const changed = world.otherProcess({ key: randomBytes(32) });
    const check = await changed.check(actor(), id);
    expect(check).toMatchObject({ healthy: false, channel: { status: "connected" } });
    expect(check.cause).toContain("GALLEY_KEY");
    expect((await changed.connectForm(actor(), "email", mailForm)).id).toBe(id);
    expect((await changed.check(actor(), id)).healthy).toBe(true);
  });

  test("sees what was granted less than is needed", async ({ world, ada }) => {
    const id = await world.connectSandbox(ada);
    await world.app.database.system
      .updateTable("channels")
      .set({ scopes: ["profile"] })
      .where("id", "=", id)
      .execute();
    const { body } = await ada.call("checkChannel", { params: { id } });
    expect(body.healthy).toBe(false);
    expect(body.missingScopes).toContain("posts.write");
  });
});
