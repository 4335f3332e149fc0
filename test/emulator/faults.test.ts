import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { everyPlatform, type RunningPlatform } from "#emulator";
import { startLinkedInHarness } from "../contract/linkedin.ts";

// The switches do what they are called: on LinkedIn too, whose answer to a new post has no body.

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const platform of running.splice(0)) await platform.close();
});

async function startLinkedIn() {
  const harness = await startLinkedInHarness("profile");
  running.push(harness);
  const input = {
    deliveryId: "1",
    variant: { parts: ["A word"], link: null, media: [], firstComment: null, options: {} },
    media: [],
    dueAt: new Date(),
  };
  const plan = await harness.connector.prepare(harness.context(), input);
  return {
    harness,
    commit: (deadlineMs?: number) =>
      harness.connector.commit(harness.context(deadlineMs), plan, { index: 0, key: "1", published: [] }),
  };
}

test("a reset in the middle of an answer without a body comes after its first byte", async () => {
  const { harness } = await startLinkedIn();
  await harness.control("PUT", "faults", { faults: [{ kind: "cut_answer", on: "any" }] });
  const { hostname, port } = new URL(String(harness.settings["apiUrl"]));
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on("data", (bytes) => received.push(bytes));
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
  });
  const { accessToken } = z.object({ accessToken: z.string() }).parse(harness.context().credentials);
  const body = JSON.stringify({
    author: harness.context().accountId,
    commentary: "A word",
    visibility: "PUBLIC",
    distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
    lifecycleState: "PUBLISHED",
  });
  const head = [
    "POST /rest/posts HTTP/1.1",
    `host: ${hostname}:${port}`,
    `authorization: Bearer ${accessToken}`,
    "linkedin-version: 202607",
    "x-restli-protocol-version: 2.0.0",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  await closed;
  const answer = Buffer.concat(received).toString();
  expect(answer).toMatch(/^HTTP\/1\.1 201/);
  expect(answer).not.toContain("\r\n\r\n");
  expect(await harness.journal()).toHaveLength(1);
});

test("an answer without a body comes slowly too", async () => {
  const { harness, commit } = await startLinkedIn();
  await harness.control("PUT", "faults", { faults: [{ kind: "slow_body", delayMs: 4_000 }] });
  await expect(commit(1_000)).rejects.toMatchObject({ verdict: "unknown" });
  expect(await harness.journal()).toHaveLength(1);
});

async function put(platform: RunningPlatform, path: string, body: object) {
  const answer = await fetch(`${platform.url}/control/${path}`, {
    method: "PUT",
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test.each([
  ["x", "x", { processingFails: true, trouble: "suspended" }],
  ["linkedin", "switches", { processingFails: true }],
  ["mastodon", "mastodon", { maxCharacters: 100 }],
  ["facebook", "meta", { oldestVersion: "v25.0" }],
  ["telegram", "telegram", { administrator: false }],
])("%s takes its own switches, and refuses what is none", async (id, path, right) => {
  const platform = await everyPlatform[id]?.({ host: "127.0.0.1", port: 0 });
  if (!platform) throw new TypeError(`there is no emulator of ${id}`);
  running.push(platform);
  expect((await put(platform, path, right)).status).toBe(200);
  expect((await put(platform, path, { processingFail: true })).status).toBe(400);
  const [name = ""] = Object.keys(right);
  expect((await put(platform, path, { [name]: ["of another kind"] })).status).toBe(400);
});

test("an ended version of Meta's is switched without moving the clock, and an older one that stands answers", async () => {
  const platform = await everyPlatform["facebook"]?.({ host: "127.0.0.1", port: 0 });
  if (!platform) throw new TypeError("there is an emulator of Facebook");
  running.push(platform);
  await put(platform, "meta", { oldestVersion: "v26.0" });
  const answer = await fetch(`${platform.url}/v25.0/me`);
  expect(answer.headers.get("facebook-api-version")).toBe("v26.0");
});
