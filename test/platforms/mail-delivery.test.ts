import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect } from "vitest";
import { connectorRegistry } from "#connectors";
import { startMailCatcher } from "#emulator";
import type { JsonObject } from "#kit";
import { createRenderer } from "#platform/rendering";
import { contractHttp } from "../contract/http.ts";
import { contractMail } from "../contract/mail.ts";
import { buildMember } from "../support/builders.ts";
import {
  buildDeliveryFixture,
  orderPost,
  sweepUntil,
  testDeliveries,
  textVariant,
} from "../support/features/delivery.ts";
import { test as base } from "../support/fixtures/database.ts";

// A mail server answers for each recipient. Who was refused is told, who was put off is tried again, and nobody twice.

const email = connectorRegistry().get("email");
if (!email) throw new TypeError("there is no email connector");

const test = base
  .extend("catcher", async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), "galley-recipients-"));
    const catcher = await startMailCatcher({
      directory,
      host: "127.0.0.1",
      smtpPort: 0,
      httpPort: 0,
      publicUrl: null,
    });
    onCleanup(async () => {
      await catcher.close();
      await rm(directory, { recursive: true });
    });
    return catcher;
  })
  .extend("fixture", ({ server }) => buildDeliveryFixture(server.database, email))
  .extend("deliveries", ({ server, catcher }) => {
    const markdown = createRenderer();
    const mail = contractMail([`127.0.0.1:${catcher.smtpPort}`]);
    const { smtpPort: port, url: readBackUrl, publicUrl } = catcher;
    return testDeliveries({
      database: server.database,
      connectors: [email],
      open: async (signal) => ({
        connector: email,
        context: {
          http: contractHttp([catcher.url], signal),
          mail,
          credentials: {
            server: null,
            from: { name: "The Press", address: "news@example.com" },
            recipients: ["ada@example.org", "ben@example.org"],
          },
          accountId: "news@example.com",
          scopes: [],
          settings: {
            catcher: { host: "127.0.0.1", port, readBackUrl, publicUrl, deadlineMs: 5_000, windowMs: 6_000 },
          },
          signal,
          markdown,
        },
      }),
      settings: { leaseMs: 8_000 },
    });
  })
  .extend("control", ({ catcher }) => async (faults: JsonObject[]): Promise<void> => {
    const answer = await contractHttp([catcher.url], AbortSignal.timeout(5_000)).request({
      method: "PUT",
      url: `${catcher.url}/control/faults`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ faults }),
    });
    expect(answer.status).toBeLessThan(300);
  })
  .extend("mails", ({ catcher }) => async (): Promise<Mail[]> => {
    const answer = await contractHttp([catcher.url], AbortSignal.timeout(5_000)).request({
      method: "GET",
      url: `${catcher.url}/control/journal`,
    });
    return (JSON.parse(Buffer.from(answer.body).toString()) as { mails: Mail[] }).mails;
  })
  /** What became of a post; an attempt that a busy machine took back before it sent anything is left out. */
  .extend("read", ({ fixture, deliveries }) => async (postId: string) => {
    const [view] = await deliveries.forPost(fixture.workspaceId, postId);
    return view && { ...view, attempts: view.attempts.filter(({ state }) => state !== "not_sent") };
  })
  .extend("send", ({ fixture, deliveries, read }) => async (until: string[]) => {
    const content = { ...textVariant("Hello"), options: { subject: "Hello" } };
    const { postId } = await orderPost(fixture, deliveries, content);
    await sweepUntil(deliveries, async () => until.includes((await read(postId))?.state ?? ""), 40_000);
    return { postId, view: await read(postId) };
  });

type Mail = { messageId: string; to: string[] };

test("one recipient that is refused is told, and the post is out for the others", async ({
  control,
  mails,
  send,
}) => {
  await control([{ kind: "reject_recipient" }]);
  const { view } = await send(["partly", "confirmed", "rejected"]);
  expect(view).toMatchObject({
    state: "partly",
    error: { code: "delivery.recipients_refused" },
    attempts: [{ state: "confirmed", refused: [{ address: "ada@example.org", code: "550" }], deferred: [] }],
  });
  expect(view?.error?.message).toContain("ada@example.org");
  expect((await mails()).map(({ to }) => to)).toEqual([["ben@example.org"]]);
});

test.for([
  ["reject_recipient", "550"],
  ["defer_recipient", "450"],
] as const)(
  "who was not taken is told although the answer to the mail was lost (%s)",
  async ([kind, code], { control, send }) => {
    await control([{ kind }, { kind: "lost_answer" }]);
    const { view } = await send(["partly", "confirmed", "rejected"]);
    expect(view).toMatchObject({
      state: "partly",
      attempts: [
        { state: "confirmed", settledBy: "located", refused: [{ address: "ada@example.org", code }] },
      ],
    });
    expect(view?.error?.message).toContain("ada@example.org");
  },
);

test("who was not taken by a mail that never arrived gets the next one", async ({ control, mails, send }) => {
  await control([{ kind: "reject_recipient" }, { kind: "drop_before_keep" }]);
  const { view } = await send(["partly", "confirmed", "rejected"]);
  expect(view).toMatchObject({
    state: "confirmed",
    attempts: [{ state: "absent_proven" }, { state: "confirmed", refused: [] }],
  });
  expect((await mails()).map(({ to }) => to)).toEqual([["ada@example.org", "ben@example.org"]]);
});

test("one that is put off is tried again alone, under the same Message-ID", async ({
  control,
  mails,
  send,
}) => {
  await control([{ kind: "defer_recipient" }]);
  const { view } = await send(["partly", "confirmed", "rejected"]);
  expect(view).toMatchObject({
    state: "confirmed",
    attempts: [
      { state: "partly", deferred: [{ address: "ada@example.org", code: "450" }] },
      { state: "confirmed", deferred: [] },
    ],
  });
  const sent = await mails();
  expect(sent.map(({ to }) => to)).toEqual([["ben@example.org"], ["ada@example.org"]]);
  expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
});

test("an answer that is lost for who was put off is read back for them alone, and sends nobody a second mail", async ({
  fixture,
  deliveries,
  control,
  mails,
  read,
}) => {
  await control([{ kind: "defer_recipient" }]);
  // The second mail, for the one who was put off, is kept and never answered.
  const content = { ...textVariant("Hello"), options: { subject: "Hello" } };
  const { postId } = await orderPost(fixture, deliveries, content);
  await sweepUntil(deliveries, async () => (await read(postId))?.attempts[0]?.state === "partly", 40_000);
  await control([{ kind: "lost_answer" }]);
  await sweepUntil(deliveries, async () => (await read(postId))?.state === "confirmed", 40_000);
  expect((await read(postId))?.attempts).toMatchObject([
    { state: "partly" },
    { state: "confirmed", settledBy: "located" },
  ]);
  expect((await mails()).map(({ to }) => to)).toEqual([["ben@example.org"], ["ada@example.org"]]);
});

test("one that is put off again and again ends in a question, and can be left as it is", async ({
  server,
  fixture,
  deliveries,
  control,
  mails,
  read,
}) => {
  const content = { ...textVariant("Hello"), options: { subject: "Hello" } };
  await control([{ kind: "defer_recipient" }]);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, content);
  await sweepUntil(deliveries, async () => (await read(postId))?.attempts[0]?.state === "partly", 40_000);
  await control([{ kind: "defer_recipient", remaining: null }]);
  await server.database.system
    .updateTable("deliveries")
    .set({ late_after: sql`clock_timestamp() + interval '3 seconds'` })
    .where("id", "=", deliveryId)
    .execute();
  await sweepUntil(deliveries, async () => (await read(postId))?.state === "missed", 40_000);
  expect((await mails()).map(({ to }) => to)).toEqual([["ben@example.org"]]);
  const cancelled = await server.database.inWorkspace(fixture.workspaceId, (db) =>
    deliveries.cancel(db, fixture.workspaceId, postId),
  );
  expect(cancelled).toEqual({ cancelled: [], tooLate: [deliveryId] });
  await deliveries.leave(await buildMember(server.database, fixture.workspaceId), deliveryId);
  expect(await read(postId)).toMatchObject({ state: "partly" });
});

test("a refusal of the mail itself is a refusal for everybody", async ({ control, mails, send }) => {
  await control([{ kind: "reject" }]);
  const { view } = await send(["partly", "confirmed", "rejected"]);
  expect(view).toMatchObject({ state: "rejected", attempts: [{ state: "rejected", refused: [] }] });
  expect(await mails()).toEqual([]);
});
