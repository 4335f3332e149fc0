import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { ConnectorContext, MediaFile, TokenSet } from "#connectors";
import { connectorRegistry } from "#connectors";
import { startMastodon } from "#emulator";
import type { JsonObject } from "#kit";
import type { ContractHarness } from "./connector-suite.ts";
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

export type MastodonHarness = ContractHarness & {
  control(method: "PUT" | "POST", path: string, body?: JsonObject): Promise<void>;
  connect(): Promise<TokenSet>;
  journal(): Promise<z.output<typeof journal>["posts"]>;
};

/** A Mastodon server with one connected account. */
export async function startMastodonHarness(): Promise<MastodonHarness> {
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

export function content(text: string, options = {}) {
  return { parts: [text], link: null, media: [], firstComment: null, options };
}

export function item(key: string) {
  return { index: 0, key, published: [] };
}

const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export function pixelFile(bytes: Buffer = pixel): MediaFile {
  return {
    mediaId: "m",
    sha256: createHash("sha256").update(bytes).digest("hex"),
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
  };
}

/** As a server is installed, and as tests leave it. */
export const usualServer = {
  processingMs: 0,
  postsPerWindow: 300,
  statusesPerPage: 40,
  maxCharacters: 500,
  maxFiles: 4,
  perUrl: 23,
  descriptionLimit: 1500,
  imageSizeLimit: 16_777_216,
  videoSizeLimit: 103_809_024,
  mimeTypes: ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime"],
  instanceApi: 2,
};
