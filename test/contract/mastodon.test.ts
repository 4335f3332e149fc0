import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ConnectorContext, connectorRegistry, type TokenSet } from "#connectors";
import { startMastodon } from "#emulator";
import type { JsonObject } from "#kit";
import { connectorContract, type ContractHarness, type FaultCase } from "./connector-suite.ts";
import { contractHttp, nowhere } from "./http.ts";
import { contractMail } from "./mail.ts";

const journal = z.object({
  posts: z.array(
    z.object({
      text: z.string(),
      altTexts: z.array(z.string()),
      createdAt: z.number(),
      details: z.object({ visibility: z.string(), spoilerText: z.string(), language: z.string().nullable() }),
    }),
  ),
});

type MastodonHarness = ContractHarness & {
  control(method: "PUT" | "POST", path: string, body?: JsonObject): Promise<void>;
  connect(): Promise<TokenSet>;
  journal(): Promise<z.output<typeof journal>["posts"]>;
};

async function start(): Promise<MastodonHarness> {
  const server = await startMastodon({ host: "127.0.0.1", port: 0, publicUrl: null });
  const connector = connectorRegistry().get("mastodon");
  if (connector?.connect.kind !== "oauth") throw new TypeError("Mastodon connects by OAuth");
  const oauth = connector.connect;
  let tokens: TokenSet = { credentials: {}, scopes: [], expiresAt: null, endsAt: null };
  let accountId = "";

  function context(deadlineMs = 10_000, url = server.url): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    const http = contractHttp([server.url, nowhere], signal);
    const credentials = { ...tokens.credentials, server: url };
    return {
      http,
      mail: contractMail([]),
      credentials,
      accountId,
      scopes: tokens.scopes,
      settings: {},
      signal,
    };
  }

  async function connect(): Promise<TokenSet> {
    const codeVerifier = randomBytes(32).toString("base64url");
    const redirectUri = "http://127.0.0.1:3000/api/v1/oauth/mastodon/callback";
    const registration = (await oauth.before?.register(context(), { server: server.url }, redirectUri)) ?? {};
    const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");
    const asked = {
      redirectUri,
      state: "s",
      codeChallenge,
      scopes: oauth.scopes,
      registration,
      interactive: true,
    };
    const { origin, pathname, searchParams } = new URL(oauth.authorizeUrl({}, asked));
    const form = new URLSearchParams([...searchParams, ["username", "ada"], ["decision", "allow"]]);
    const answer = await context().http.request({
      method: "POST",
      url: origin + pathname,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
    const code = new URL(answer.headers["location"] ?? "").searchParams.get("code") ?? "";
    tokens = await oauth.exchange(context(), { code, redirectUri, codeVerifier, registration });
    ({ accountId } = (await connector?.probe(context())) ?? { accountId: "" });
    return tokens;
  }

  async function seen() {
    const answer = await context().http.request({ method: "GET", url: `${server.url}/control/journal` });
    const { posts } = journal.parse(JSON.parse(Buffer.from(answer.body).toString()));
    return posts.filter(({ createdAt }) => createdAt <= Date.now());
  }

  await connect();
  return {
    connector,
    context,
    connect,
    journal: seen,
    visible: seen,
    unreachable: () => context(10_000, nowhere),
    async control(method, path, body) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      await context().http.request({ method, url: `${server.url}/control/${path}`, ...sent });
    },
    close: () => server.close(),
  };
}

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
  start,
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

function content(text: string, options = {}) {
  return { parts: [text], link: null, media: [], firstComment: null, options };
}

function item(key: string) {
  return { index: 0, key, published: [] };
}

describe("Mastodon", () => {
  let harness: MastodonHarness;
  beforeAll(async () => {
    harness = await start();
  });
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

  it("keeps to a smaller limit of the server before anything is sent", async () => {
    await harness.control("PUT", "mastodon", { maxCharacters: 20 });
    await expect(publish("This is longer than twenty characters.")).rejects.toMatchObject({
      verdict: "rejected",
      code: "mastodon.server_limit",
    });
    await harness.control("PUT", "mastodon", { maxCharacters: 500 });
  });

  it.each([
    [{ perUrl: 40 }, { parts: [`${"x".repeat(470)} https://example.com/a`] }],
    [{ maxCharacters: 20 }, { parts: ["Twenty characters at most"] }],
  ])("keeps to what the server says of itself: %j", async (switches, fields) => {
    await harness.control("PUT", "mastodon", switches);
    const input = {
      deliveryId: "small",
      variant: { ...content(""), ...fields },
      media: [],
      dueAt: new Date(),
    };
    await expect(harness.connector.prepare(harness.context(), input)).rejects.toMatchObject({
      code: "mastodon.server_limit",
    });
    await harness.control("PUT", "mastodon", { perUrl: 23, maxCharacters: 500 });
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
    await harness.control("PUT", "mastodon", { postsPerWindow: 300 });
  });

  it("waits for what the server still processes", async () => {
    await harness.control("PUT", "mastodon", { processingMs: 600 });
    const bytes = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const variant = { ...content("Processed"), media: [{ mediaId: "m", altText: "A pixel" }] };
    const input = {
      deliveryId: "processed",
      variant,
      dueAt: new Date(),
      media: [
        {
          mediaId: "m",
          sha256,
          mimeType: "image/png",
          bytes: bytes.length,
          width: 1,
          height: 1,
          durationMs: null,
          pages: null,
          altText: "A pixel",
          publicUrl: "https://galley.example/m.png",
          read: () => Promise.resolve(bytes),
          // oxlint-disable-next-line require-await -- a generator is the shortest asynchronous list
          chunks: async function* chunks() {
            yield bytes;
          },
        },
      ],
    };
    const plan = await harness.connector.prepare(harness.context(), input);
    await harness.connector.commit(harness.context(), plan, item("processed"));
    expect((await harness.journal()).find(({ text }) => text === "Processed")?.altTexts).toEqual(["A pixel"]);
    await harness.control("PUT", "mastodon", { processingMs: 0 });
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
  });
});
