import { z } from "zod";
import type { ConnectorContext, OAuthConnect, OpenedAccount, TokenSet } from "#connectors";
import { connectorRegistry } from "#connectors";
import { linkedInApps, startLinkedIn } from "#emulator";
import type { ContractHarness } from "./connector-suite.ts";
import { contractHttp, nowhere } from "./http.ts";
import { linkedInFacts } from "./linkedin-facts.ts";
import { contractMail } from "./mail.ts";

const journal = z.object({
  posts: z.array(
    z.object({
      id: z.string(),
      account: z.string(),
      kind: z.string(),
      text: z.string(),
      altTexts: z.array(z.string()),
      inReplyTo: z.string().nullable(),
      createdAt: z.number(),
      details: z
        .object({
          visibility: z.string(),
          title: z.string().nullable(),
          card: z
            .object({
              source: z.string(),
              title: z.string(),
              description: z.string().optional(),
              thumbnail: z.string().optional(),
            })
            .optional(),
          files: z.array(z.object({ kind: z.string(), sha256: z.string() })),
        })
        .optional(),
    }),
  ),
});
export type LinkedInJournal = z.output<typeof journal>["posts"];

export type LinkedInHarness = ContractHarness & {
  oauth: OAuthConnect;
  settings: Record<string, string | number>;
  /** What the last consent opened. */
  opened: OpenedAccount[];
  journal(): Promise<LinkedInJournal>;
  control(method: "PUT" | "POST", path: string, body?: unknown): Promise<void>;
  violations(): Promise<unknown[]>;
  /** How often a method and path were asked for. */
  asked(method: string, path: RegExp): Promise<number>;
  /** The whole OAuth flow; takes the account of that name, else the first one. */
  connect(options?: { account?: string }): Promise<void>;
  refresh(): Promise<void>;
};

const ids = { profile: "linkedin", page: "linkedin-page" };

/** The emulator, judged by the facts, and one connected account of it. */
export async function startLinkedInHarness(kind: "profile" | "page"): Promise<LinkedInHarness> {
  const validate = linkedInFacts();
  const server = await startLinkedIn({
    host: "127.0.0.1",
    port: 0,
    publicUrl: null,
    ...(validate === null ? {} : { validate }),
  });
  const connector = connectorRegistry().get(ids[kind]);
  if (connector?.connect.kind !== "oauth") throw new TypeError("LinkedIn connects by OAuth");
  const oauth = connector.connect;
  const app = linkedInApps.find(({ product }) => product === kind);
  const settings = {
    clientId: app?.clientId ?? "",
    clientSecret: app?.clientSecret ?? "",
    apiUrl: server.url,
    webUrl: server.url,
    pollMs: 20,
    polls: 3,
  };
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
      settings: { ...settings, apiUrl: url, webUrl: url },
      signal,
    };
  }

  async function request(method: "GET" | "PUT" | "POST", path: string, body?: unknown): Promise<unknown> {
    const answer = await context().http.request({
      method,
      url: `${server.url}${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return JSON.parse(Buffer.from(answer.body).toString());
  }

  const harness: LinkedInHarness = {
    connector,
    oauth,
    settings,
    opened: [],
    context,
    unreachable: () => context(10_000, nowhere),
    async journal() {
      return journal.parse(await request("GET", "/control/journal")).posts;
    },
    async visible() {
      const posts = await harness.journal();
      return posts
        .filter((post) => post.createdAt <= Date.now())
        .map(({ text, altTexts, details }) => ({
          // A link's card stands beneath the text.
          text: [text, details?.card?.source ?? ""].join("\n").trim(),
          altTexts,
        }));
    },
    async control(method, path, body = {}) {
      await request(method, `/control/${path}`, body);
    },
    async violations() {
      return z.object({ violations: z.array(z.unknown()) }).parse(await request("GET", "/control/violations"))
        .violations;
    },
    async asked(method, path) {
      const schema = z.object({ requests: z.array(z.object({ method: z.string(), path: z.string() })) });
      const { requests } = schema.parse(await request("GET", "/control/requests"));
      return requests.filter((handled) => handled.method === method && path.test(handled.path)).length;
    },
    async connect({ account } = {}) {
      tokens = await consent(server.url, oauth, () => context());
      if (oauth.accounts === null) throw new TypeError("LinkedIn names its accounts");
      harness.opened = await oauth.accounts(context(), tokens);
      const taken = harness.opened.find(({ account: { displayName } }) => displayName === account);
      accountId = (taken ?? harness.opened[0])?.account.accountId ?? "";
    },
    async refresh() {
      if (!oauth.refresh) throw new TypeError("LinkedIn renews tokens of some apps");
      tokens = await oauth.refresh(context());
    },
    async close() {
      const found = await harness.violations();
      await server.close();
      if (found.length > 0)
        throw new Error(`against what is known of LinkedIn's API: ${JSON.stringify(found)}`);
    },
  };
  await harness.connect();
  return harness;
}

/** Goes to LinkedIn's page as a browser does, allows, and comes back with the code. */
export async function consent(
  url: string,
  oauth: OAuthConnect,
  context: () => ConnectorContext,
  scopes = [...oauth.scopes, ...oauth.optionalScopes.map(({ scope }) => scope)],
): Promise<TokenSet> {
  const redirectUri = "http://127.0.0.1:3000/api/v1/oauth/linkedin/callback";
  const authorizeUrl = new URL(
    oauth.authorizeUrl(context().settings, {
      redirectUri,
      state: "a state",
      codeChallenge: "unused",
      scopes,
      registration: {},
      interactive: true,
    }),
  );
  const form = new URLSearchParams(authorizeUrl.searchParams);
  form.set("handle", "ada");
  form.set("decision", "allow");
  const answer = await context().http.request({
    method: "POST",
    url: `${url}${authorizeUrl.pathname}`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  const back = new URL(answer.headers["location"] ?? "");
  const code = back.searchParams.get("code");
  if (code === null || back.searchParams.get("state") !== "a state") throw new Error(back.search);
  return oauth.exchange(context(), { code, redirectUri, codeVerifier: "", registration: {} });
}
