import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Connector, ConnectorContext, OAuthConnect, TokenSet } from "#connectors";
import { connectorRegistry } from "#connectors";
import { startX } from "#emulator";
import type { JsonObject } from "#kit";
import type { ContractHarness } from "./connector-suite.ts";
import { contractHttp, nowhere } from "./http.ts";
import { contractMail } from "./mail.ts";
import type { SpecValidator } from "./spec-validator.ts";

const xApp = { clientId: "galley-test-app", clientSecret: "s3cret" };

const journalSchema = z.object({
  posts: z.array(
    z.object({
      id: z.string(),
      text: z.string(),
      kind: z.string(),
      altTexts: z.array(z.string()),
      inReplyTo: z.string().nullable(),
      createdAt: z.number(),
      ghost: z.boolean(),
    }),
  ),
});
type XVisible = z.output<typeof journalSchema>["posts"][number];

export type XHarness = ContractHarness & {
  url: string;
  connector: Connector & { connect: OAuthConnect };
  journal(): Promise<XVisible[]>;
  control(method: "GET" | "PUT" | "POST", path: string, body?: JsonObject): Promise<unknown>;
  /** The whole OAuth flow as a person; `withheld` are scopes that they leave out. */
  connect(withheld?: string[]): Promise<TokenSet>;
  refresh(): Promise<TokenSet>;
  violations(): Promise<unknown[]>;
};

function theX(): Connector & { connect: OAuthConnect } {
  const connector = connectorRegistry().get("x");
  if (connector?.connect.kind !== "oauth") throw new TypeError("X connects by OAuth");
  return { ...connector, connect: connector.connect };
}

/** The emulator of X on loopback, and one connected account of it. */
export async function startXHarness(validate: SpecValidator | null): Promise<XHarness> {
  const server = await startX({
    host: "127.0.0.1",
    port: 0,
    publicUrl: null,
    app: xApp,
    ...(validate === null ? {} : { validate }),
  });
  const connector = theX();
  const oauth = connector.connect;
  let tokens: TokenSet = { credentials: {}, scopes: [], expiresAt: null, endsAt: null };
  let accountId = "";

  function context(deadlineMs = 10_000, url = server.url): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    return {
      http: contractHttp([server.url, nowhere], signal),
      mail: contractMail([]),
      credentials: tokens.credentials,
      accountId,
      scopes: tokens.scopes,
      settings: { apiUrl: url, webUrl: url, ...xApp },
      signal,
    };
  }

  async function control(method: "GET" | "PUT" | "POST", path: string, body?: JsonObject): Promise<unknown> {
    const answer = await context().http.request({
      method,
      url: `${server.url}/control/${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return JSON.parse(Buffer.from(answer.body).toString());
  }

  async function connect(withheld: string[] = []): Promise<TokenSet> {
    const codeVerifier = randomBytes(32).toString("base64url");
    const redirectUri = "http://127.0.0.1:3000/api/v1/oauth/x/callback";
    const authorizeUrl = oauth.authorizeUrl(context().settings, {
      redirectUri,
      state: "state",
      codeChallenge: createHash("sha256").update(codeVerifier).digest("base64url"),
      scopes: [...oauth.scopes, ...oauth.optionalScopes.map(({ scope }) => scope)],
      registration: {},
      interactive: true,
    });
    const { origin, pathname, searchParams } = new URL(authorizeUrl);
    const form = new URLSearchParams([
      ...searchParams,
      ["username", "newcomer"],
      ["withheld", withheld.join(" ")],
      ["decision", "allow"],
    ]);
    const answer = await context().http.request({
      method: "POST",
      url: `${origin}${pathname}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
    const code = new URL(answer.headers["location"] ?? "").searchParams.get("code") ?? "";
    tokens = await oauth.exchange(context(), { code, redirectUri, codeVerifier, registration: {} });
    ({ accountId } = await connector.probe(context()));
    return tokens;
  }

  async function journal(): Promise<XVisible[]> {
    return journalSchema
      .parse(await control("GET", "journal"))
      .posts.filter((post) => post.createdAt <= Date.now());
  }

  await connect();
  return {
    url: server.url,
    connector,
    context,
    unreachable: () => context(10_000, nowhere),
    visible: journal,
    journal,
    control,
    connect,
    async refresh() {
      if (!oauth.refresh) throw new TypeError("X renews its tokens");
      tokens = await oauth.refresh(context());
      return tokens;
    },
    async violations() {
      return z.object({ violations: z.array(z.unknown()) }).parse(await control("GET", "violations"))
        .violations;
    },
    close: () => server.close(),
  };
}
