import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectorContract, type FaultCase } from "./connector-suite.ts";
import { since, told } from "./located.ts";
import type { MastodonHarness } from "./mastodon-harness.ts";
import { content, item, pixelFile, startMastodonHarness, usualServer } from "./mastodon-harness.ts";

function fault(
  name: string,
  kind: string,
  rest: Partial<FaultCase<MastodonHarness>> & { delayMs?: number } = {},
): FaultCase<MastodonHarness> {
  const { delayMs = 0, ...expected } = rest;
  const faults = [{ kind, on: "create", delayMs }];
  return {
    name,
    verdict: "unknown",
    visible: 0,
    arrange: (at) => at.control("PUT", "faults", { faults }),
    ...expected,
  };
}

connectorContract<MastodonHarness>("mastodon", {
  start: startMastodonHarness,
  options: {},
  threads: true,
  enforcesTextLimit: true,
  idempotent: true,
  faults: [
    fault("503 and nothing done", "error_before_commit"),
    fault("500 and done", "error_after_commit", { visible: 1 }),
    fault("the answer is lost", "lost_answer", { visible: 1 }),
    fault("reset in the middle of the answer", "cut_answer", { visible: 1 }),
    fault("an answer without sense", "garbled", { visible: 1 }),
    fault("no answer before the deadline", "slow", { visible: 1, deadlineMs: 1_500, delayMs: 4_000 }),
    fault("429", "throttle", { verdict: "throttled", delayMs: 7_000 }),
    fault("the account is disabled", "refusal", { verdict: "rejected" }),
    {
      name: "the access was taken back",
      verdict: "unauthorized",
      refreshable: false,
      visible: 0,
      arrange: (harness) => harness.control("POST", "revoke-tokens"),
      restore: async (harness) => void (await harness.connect()),
    },
  ],
});

describe("Mastodon", () => {
  let harness: MastodonHarness;
  beforeAll(async () => {
    harness = await startMastodonHarness();
  });
  afterEach(() => harness.control("PUT", "mastodon", usualServer));
  afterAll(() => harness.close());

  async function publish(text: string, options = {}, key: string = text) {
    const input = { deliveryId: key, variant: content(text, options), media: [], dueAt: new Date() };
    const plan = await harness.connector.prepare(harness.context(), input);
    return { plan, published: await harness.connector.commit(harness.context(), plan, item(key)) };
  }

  it("sends the same key again without a second post for an hour, and no longer", async () => {
    const { plan, published } = await publish("Keys");
    await harness.control("POST", "clock", { advanceMs: 59 * 60_000 });
    const again = await harness.connector.commit(harness.context(), plan, item("Keys"));
    expect(again.externalId).toBe(published.externalId);
    await harness.control("POST", "clock", { advanceMs: 2 * 60_000 });
    const late = await harness.connector.commit(harness.context(), plan, item("Keys"));
    expect(late.externalId).not.toBe(published.externalId);
    await harness.control("POST", "clock", { advanceMs: -61 * 60_000 });
  });

  it("carries visibility, warning and language", async () => {
    await publish("Options", { visibility: "Quiet public", contentWarning: "Food", language: "DE" });
    const post = (await harness.journal()).find(({ text }) => text === "Options");
    expect(post?.details).toEqual({ visibility: "unlisted", spoilerText: "Food", language: "de" });
  });

  it("finds again what had files and a warning and no text, of which the server makes a text", async () => {
    const variant = {
      ...content("", { contentWarning: "Food" }),
      media: [{ mediaId: "m", altText: "A pixel" }],
    };
    const input = { deliveryId: "bare", variant, dueAt: new Date(), media: [pixelFile()] };
    const sentAt = new Date();
    const plan = await harness.connector.prepare(harness.context(), input);
    const published = await harness.connector.commit(harness.context(), plan, item("bare"));
    if (harness.connector.locate === "unsupported") throw new TypeError("Mastodon can be read back");
    const located = await harness.connector.locate(harness.context(), plan, item("bare"), since(sentAt));
    expect(told(located)).toMatchObject({ matches: [{ externalId: published.externalId }] });
  });

  it("reads to the last page that is linked, where a server gives fewer than asked for", async () => {
    await harness.control("PUT", "mastodon", { statusesPerPage: 3 });
    const sentAt = new Date();
    const { plan, published } = await publish("Below");
    for (let count = 0; count < 7; count += 1) await publish(`Above ${count}`);
    if (harness.connector.locate === "unsupported") throw new TypeError("Mastodon can be read back");
    const lookedFor = { sentAt, from: new Date(0), afterLoss: false };
    const located = await harness.connector.locate(harness.context(), plan, item("Below"), lookedFor);
    expect(told(located)).toMatchObject({
      matches: [{ externalId: published.externalId }],
      coversFrom: new Date(0),
    });
    await harness.control("PUT", "mastodon", { statusesPerPage: 40 });
  });

  it("lets a GIF go out alone, as the server does", () => {
    const file = { sha256: "", bytes: 1, width: 1, height: 1, durationMs: null, pages: null };
    const media = ["a", "b"].map((mediaId) => ({ ...file, mediaId, mimeType: "image/gif" }));
    const attached = media.map(({ mediaId }) => ({ mediaId, altText: "Dots" }));
    const { connector } = harness;
    const codes = (count: number) =>
      connector.validate({ ...content("x"), media: attached.slice(0, count) }, media).map(({ code }) => code);
    expect(codes(1)).toEqual([]);
    expect(codes(2)).toEqual(["content.media_mixed"]);
  });

  it("says how long to wait when three hundred posts went out in three hours", async () => {
    await harness.control("PUT", "mastodon", { postsPerWindow: 1 });
    const failure = publish("One too many");
    await expect(failure).rejects.toMatchObject({ verdict: "throttled", code: "mastodon.throttled" });
    const { retryAfterSeconds } = (await failure.catch((error: unknown) => error)) as {
      retryAfterSeconds: number;
    };
    expect(retryAfterSeconds).toBeGreaterThan(10_000);
  });

  it("waits for what the server still processes", async () => {
    await harness.control("PUT", "mastodon", { processingMs: 600 });
    const variant = { ...content("Processed"), media: [{ mediaId: "m", altText: "A pixel" }] };
    const media = [pixelFile()];
    const input = { deliveryId: "processed", variant, dueAt: new Date(), media };
    const plan = await harness.connector.prepare(harness.context(), input);
    await harness.connector.commit(harness.context(), plan, item("processed"));
    expect((await harness.journal()).find(({ text }) => text === "Processed")?.altTexts).toEqual(["A pixel"]);
  });

  it.each([
    "not a server",
    "https://user:pw@host.example",
    "ftp://host.example",
    "http://host.example",
    "mastodon",
    "",
  ])("refuses %j as a server", async (server) => {
    const { connect } = harness.connector;
    if (connect.kind !== "oauth") throw new TypeError("Mastodon connects by OAuth");
    await expect(
      connect.before?.register(harness.context(), { server }, "https://a.example/b"),
    ).rejects.toMatchObject({
      code: "mastodon.bad_server",
    });
  });

  it("counts links as 23, mentions without their server, and a warning with the text", () => {
    const { connector } = harness;
    expect(connector.measure(`a https://example.com/${"x".repeat(100)} b`)).toBe(27);
    expect(connector.measure("Hi @ada@mastodon.social!")).toBe(8);
    expect(connector.measure("👩‍👩‍👧‍👦é")).toBe(2);
    const long = content("x".repeat(495), { contentWarning: "Spoiler" });
    expect(connector.validate(long, []).map(({ code }) => code)).toEqual(["mastodon.too_long_with_warning"]);
    const comment = {
      ...content("x"),
      firstComment: "x".repeat(495),
      options: { contentWarning: "Spoiler" },
    };
    expect(connector.validate(comment, [])).toMatchObject([{ path: "/firstComment" }]);
    // In a warning they count as they are written.
    const address = `https://example.com/${"x".repeat(60)}`;
    expect(connector.validate(content("x".repeat(421), { contentWarning: address }), [])).toHaveLength(1);
    expect(connector.validate(content("x".repeat(420), { contentWarning: address }), [])).toEqual([]);
  });
});
