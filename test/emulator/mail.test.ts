import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type MailCatcher, startMailCatcher } from "#emulator";
import { contractMail } from "../contract/mail.ts";

const listed = z.object({
  items: z.array(z.object({ messageId: z.string(), ghost: z.boolean().optional() })),
});
const requests = z.object({
  requests: z.array(
    z.object({ to: z.array(z.string()), status: z.number().nullable(), fault: z.string().nullable() }),
  ),
});

let directory = "";
let catcher: MailCatcher;
let aheadMs = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "galley-mail-"));
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  catcher = await startMailCatcher({
    directory,
    host: "127.0.0.1",
    smtpPort: 0,
    httpPort: 0,
    publicUrl: null,
    clock,
  });
});
afterAll(async () => {
  await catcher.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  aheadMs = 0;
});

async function get<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> {
  return schema.parse(await (await fetch(`${catcher.url}${path}`)).json());
}

/** Hands over one mail under a fault; what the sender heard. */
async function send(subject: string, fault?: { kind: string; delayMs?: number }): Promise<string> {
  const faults = fault === undefined ? [] : [fault];
  await fetch(`${catcher.url}/control/faults`, { method: "PUT", body: JSON.stringify({ faults }) });
  const mail = contractMail([`127.0.0.1:${catcher.smtpPort}`]);
  const outcome = await mail.send(
    { host: "127.0.0.1", port: catcher.smtpPort, tls: "none", username: null, password: null },
    {
      messageId: `<${subject}@example.com>`,
      from: { name: "", address: "a@example.com" },
      to: ["b@example.com"],
      subject,
      html: "<p>x</p>",
      text: "x",
      date: new Date(),
      headers: {},
      inline: [],
    },
    AbortSignal.timeout(5_000),
  );
  return outcome.kind === "accepted" ? "accepted" : outcome.verdict;
}

async function found(subject: string): Promise<number> {
  const query = new URLSearchParams({ message_id: `<${subject}@example.com>` });
  return (await get(listed, `/api/messages?${query.toString()}`)).items.length;
}

test("a late mail arrives after its delay, and its sender never heard", async () => {
  expect(await send("late", { kind: "late_commit", delayMs: 60_000 })).toBe("unknown");
  expect(await found("late")).toBe(0);
  aheadMs = 61_000;
  expect(await found("late")).toBe(1);
});

test("a search lags behind a mail that was answered", async () => {
  expect(await send("lag", { kind: "listing_lag", delayMs: 60_000 })).toBe("accepted");
  expect(await found("lag")).toBe(0);
  aheadMs = 61_000;
  expect(await found("lag")).toBe(1);
});

test("a ghost is the server's own copy, and says so", async () => {
  expect(await send("ghost", { kind: "ghost_duplicate" })).toBe("accepted");
  const { items } = await get(
    listed,
    `/api/messages?message_id=${encodeURIComponent("<ghost@example.com>")}`,
  );
  expect(items.map(({ ghost }) => ghost ?? false)).toEqual([false, true]);
});

test("resets come before the greeting and within the answer", async () => {
  expect(await send("refused", { kind: "refuse_connection" })).toBe("not_sent");
  expect(await found("refused")).toBe(0);
  expect(await send("cut", { kind: "cut_answer" })).toBe("unknown");
  expect(await found("cut")).toBe(1);
});

test("everything that was handed over stands in the journal of requests", async () => {
  const before = (await get(requests, "/control/requests")).requests.length;
  await send("plain");
  await send("deferred", { kind: "defer" });
  await send("nobody", { kind: "reject_recipient" });
  const all = (await get(requests, "/control/requests")).requests.slice(before);
  expect(all).toEqual([
    { to: ["b@example.com"], status: 250, fault: null },
    { to: ["b@example.com"], status: 451, fault: "defer" },
    { to: ["b@example.com"], status: 550, fault: "reject_recipient" },
  ]);
});

test("people switch faults on its page, with a delay, and read there what is on", async () => {
  await fetch(`${catcher.url}/faults`, {
    method: "POST",
    body: new URLSearchParams({ action: "add", kind: "slow", remaining: "2", delaySeconds: "7" }),
  });
  expect(await (await fetch(`${catcher.url}/faults`)).text()).toContain("2 more, 7 s");
  expect(await (await fetch(`${catcher.url}/control/faults`)).json()).toEqual({
    faults: [{ kind: "slow", remaining: 2, delayMs: 7_000 }],
  });
});
