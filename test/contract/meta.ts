import { createHash, createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type {
  Connector,
  ConnectorContext,
  MediaFile,
  OAuthConnect,
  OpenedAccount,
  TokenSet,
} from "#connectors";
import { connectorRegistry } from "#connectors";
import type { MetaOptions } from "#emulator";
import { graphValidator, metaApp, startMeta } from "#emulator";
import { specs } from "../support/specs.ts";
import type { ContractHarness, FaultCase } from "./connector-suite.ts";
import { contractHttp, nowhere } from "./http.ts";
import { contractMail } from "./mail.ts";

const specification = join(specs, "meta-graph-v25.trimmed.json");

/** Meta's own specification as a check of every request; undefined, with the reason printed, where it is absent. */
export function specificationCheck(): MetaOptions["validate"] {
  if (existsSync(specification)) return graphValidator(JSON.parse(readFileSync(specification, "utf8")));
  console.warn(`skipped: requests are not checked against Meta's specification, ${specification} is absent`);
  return undefined;
}

const visibleSchema = z.object({
  id: z.string(),
  account: z.string(),
  kind: z.string(),
  text: z.string(),
  altTexts: z.array(z.string()),
  inReplyTo: z.string().nullable(),
  createdAt: z.number(),
  ghost: z.boolean(),
});
type MetaVisible = z.output<typeof visibleSchema>;

const tokenSchema = z.object({ token: z.string() });
const journalSchema = z.object({ posts: z.array(visibleSchema) });
const violationsSchema = z.object({ violations: z.array(z.object({ problem: z.string() })) });
const requestsSchema = z.object({
  requests: z.array(z.object({ method: z.string(), path: z.string(), status: z.number() })),
});

export type MetaHarness = ContractHarness & {
  url: string;
  oauth: OAuthConnect;
  settings: ConnectorContext["settings"];
  /** The chosen account; tests may change its credentials. */
  account: OpenedAccount;
  journal(): Promise<MetaVisible[]>;
  violations(): Promise<string[]>;
  requests(): Promise<{ method: string; path: string; status: number }[]>;
  control(method: "PUT" | "POST", path: string, body?: unknown): Promise<void>;
  faults(...faults: Record<string, unknown>[]): Promise<void>;
  /** What a request of the account carries beside its parameters. */
  signed(): { headers: Record<string, string>; proof: string };
  /** Any request at the emulator. */
  fetch(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: unknown }>;
  /** The whole OAuth flow; `declined` are permissions that the person leaves out. */
  login(decision?: {
    declined?: string[];
    pages?: string[];
  }): Promise<{ tokens: TokenSet; accounts: OpenedAccount[] }>;
  /** Takes the first account without a problem. */
  connect(decision?: { declined?: string[]; pages?: string[] }): Promise<void>;
  /** A context with other settings, scopes or credentials. */
  contextWith(given: Partial<ConnectorContext>, deadlineMs?: number): ConnectorContext;
};

export const redirectUri = "http://127.0.0.1:3000/api/v1/oauth/meta/callback";

/** A connector of Meta's with an account that was connected by the whole login, against the emulator. */
export async function startMetaHarness(
  connectorId: "facebook" | "instagram",
  given: {
    emulator?: Partial<MetaOptions>;
    settings?: ConnectorContext["settings"];
    origins?: string[];
    requiredImage?: Omit<MediaFile, "altText">;
  } = {},
): Promise<MetaHarness> {
  const validate = specificationCheck();
  const server = await startMeta({
    host: "127.0.0.1",
    port: 0,
    publicUrl: null,
    ...(validate === undefined ? {} : { validate }),
    ...given.emulator,
  });
  const connector = oauthConnector(connectorId);
  const oauth = connector.connect;
  const settings: ConnectorContext["settings"] = {
    baseUrl: server.url,
    dialogUrl: server.url,
    clientId: metaApp.id,
    clientSecret: metaApp.secret,
    pollMs: 50,
    ...given.settings,
  };

  function contextWith(changed: Partial<ConnectorContext>, deadlineMs = 10_000): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    return {
      http: contractHttp([server.url, nowhere, ...(given.origins ?? [])], signal),
      mail: contractMail([]),
      credentials: harness.account.credentials,
      accountId: harness.account.account.accountId,
      scopes: harness.account.scopes,
      settings,
      signal,
      ...changed,
    };
  }

  async function fetchPath(path: string, init?: RequestInit) {
    const answer = await fetch(`${server.url}${path}`, { redirect: "manual", ...init });
    const text = await answer.text();
    const body: unknown = answer.headers.get("content-type")?.startsWith("application/json")
      ? JSON.parse(text)
      : text;
    return { status: answer.status, headers: answer.headers, body };
  }

  async function login(decision: { declined?: string[]; pages?: string[] } = {}) {
    const codeVerifier = randomBytes(32).toString("base64url");
    const authorizeUrl = new URL(
      oauth.authorizeUrl(settings, {
        redirectUri,
        state: "state",
        codeChallenge: createHash("sha256").update(codeVerifier).digest("base64url"),
        scopes: [...oauth.scopes, ...oauth.optionalScopes.map(({ scope }) => scope)],
        registration: {},
        interactive: true,
      }),
    );
    const form = new URLSearchParams([...authorizeUrl.searchParams, ["decision", "allow"]]);
    for (const scope of decision.declined ?? []) form.append("declined", scope);
    for (const page of decision.pages ?? []) form.append("pages", page);
    const back = await fetchPath(authorizeUrl.pathname, { method: "POST", body: form });
    const code = new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
    const none = { credentials: {}, accountId: "", scopes: [] };
    const tokens = await oauth.exchange(contextWith(none), {
      code,
      redirectUri,
      codeVerifier,
      registration: {},
    });
    const accounts = (await oauth.accounts?.(contextWith(none), tokens)) ?? [];
    return { tokens, accounts };
  }

  async function connect(decision?: { declined?: string[]; pages?: string[] }): Promise<void> {
    const { accounts } = await login(decision);
    const account = accounts.find(({ problem }) => problem === null);
    if (!account) throw new TypeError("no account can be connected");
    harness.account = account;
  }

  async function journal(): Promise<MetaVisible[]> {
    return journalSchema.parse((await fetchPath("/control/journal")).body).posts;
  }

  const harness: MetaHarness = {
    url: server.url,
    connector,
    oauth,
    settings,
    account: nobody,
    context: (deadlineMs) => contextWith({}, deadlineMs),
    contextWith,
    unreachable: () => contextWith({ settings: { ...settings, baseUrl: nowhere } }),
    journal,
    async visible() {
      const now = Date.now();
      return (await journal())
        .filter((post) => post.createdAt <= now)
        .map(({ text, altTexts }) => ({ text, altTexts }));
    },
    violations: async () =>
      violationsSchema
        .parse((await fetchPath("/control/violations")).body)
        .violations.map(({ problem }) => problem),
    requests: async () => requestsSchema.parse((await fetchPath("/control/requests")).body).requests,
    async control(method, path, body = {}) {
      const answer = await fetchPath(`/control/${path}`, { method, body: JSON.stringify(body) });
      if (answer.status !== 200)
        throw new Error(`the emulator refused ${path}: ${JSON.stringify(answer.body)}`);
    },
    faults: (...faults) => harness.control("PUT", "faults", { faults }),
    signed() {
      const { token } = tokenSchema.parse(harness.account.credentials);
      const proof = createHmac("sha256", metaApp.secret).update(token).digest("hex");
      return { headers: { authorization: `Bearer ${token}` }, proof };
    },
    fetch: fetchPath,
    login,
    connect,
    ...(given.requiredImage === undefined ? {} : { requiredImage: given.requiredImage }),
    close: () => server.close(),
  };
  await connect();
  return harness;
}

const nobody: OpenedAccount = {
  account: { accountId: "", handle: "", displayName: "", avatarUrl: null, profileUrl: null },
  kind: "",
  problem: null,
  credentials: {},
  scopes: [],
  expiresAt: null,
  endsAt: null,
};

function oauthConnector(id: string): Connector & { connect: OAuthConnect } {
  const connector = connectorRegistry().get(id);
  if (connector?.connect.kind !== "oauth") throw new TypeError(`${id} connects by OAuth`);
  return { ...connector, connect: connector.connect };
}

/** The faults that every platform of Meta must survive, and the errors that the Graph API documents. */
export function metaFaults(): FaultCase<MetaHarness>[] {
  function fault(
    name: string,
    kind: string,
    rest: Partial<FaultCase<MetaHarness>>,
    more: Record<string, unknown> = {},
  ): FaultCase<MetaHarness> {
    return {
      name,
      verdict: "unknown",
      visible: 0,
      arrange: (harness) => harness.faults({ kind, on: "create", ...more }),
      ...rest,
    };
  }
  const refusal = (name: string, code: string, rest: Partial<FaultCase<MetaHarness>>) =>
    fault(`error ${code}, ${name}`, "refusal", rest, { code });
  const reconnects = { verdict: "unauthorized", refreshable: false } as const;
  return [
    fault("code 2 with 500 and nothing done", "error_before_commit", {}),
    fault("code 1 with 500 and done", "error_after_commit", { visible: 1 }),
    fault("code 2 with 500 and done", "refusal_after_commit", { visible: 1 }, { code: "2" }),
    fault("the answer is lost", "lost_answer", { visible: 1 }),
    fault("reset in the middle of the answer", "cut_answer", { visible: 1 }),
    fault("reset before anything was done", "reset_before_commit", {}),
    fault("an answer without sense", "garbled", { visible: 1 }),
    fault("no answer before the deadline", "slow", { visible: 1, deadlineMs: 1_500 }, { delayMs: 4_000 }),
    fault(
      "the body comes after the deadline",
      "slow_body",
      { visible: 1, deadlineMs: 1_500 },
      { delayMs: 4_000 },
    ),
    fault("a Page that must wait", "throttle", { verdict: "throttled" }, { delayMs: 90_000 }),
    refusal("the app is throttled", "4", { verdict: "throttled" }),
    refusal("the person is throttled", "17", { verdict: "throttled" }),
    refusal("this call is throttled", "613", { verdict: "throttled" }),
    refusal("restricted, and perhaps out", "4/2207051", {}),
    refusal("blocked for policies", "368", { verdict: "rejected" }),
    refusal("a duplicate", "506", { verdict: "rejected" }),
    refusal("a bad parameter", "100", { verdict: "rejected" }),
    refusal("a permission is missing", "200", reconnects),
    refusal("the app lacks a permission", "10", reconnects),
    refusal("the password has changed", "190/460", reconnects),
    {
      name: "the token has ended, which only the person cures",
      ...reconnects,
      visible: 0,
      arrange: (harness) => harness.control("POST", "expire-tokens"),
      restore: (harness) => harness.connect(),
    },
    {
      name: "the consent was withdrawn",
      ...reconnects,
      visible: 0,
      arrange: (harness) => harness.control("POST", "revoke-tokens"),
      restore: (harness) => harness.connect(),
    },
  ];
}
