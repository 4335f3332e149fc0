import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Connector, ConnectorContext, OAuthConnect } from "#connectors";
import { connectorRegistry } from "#connectors";
import { startSandbox } from "#emulator";
import type { ContractHarness, FaultCase } from "./connector-suite.ts";
import { connectorContract } from "./connector-suite.ts";
import { contractHttp, nowhere } from "./http.ts";
import { contractMail } from "./mail.ts";

type SandboxHarness = ContractHarness & {
  control(method: "PUT" | "POST", path: string, body?: unknown): Promise<void>;
  refresh(): Promise<void>;
  connect(): Promise<void>;
};

const journal = z.object({
  posts: z.array(
    z.object({ text: z.string(), createdAt: z.number(), media: z.array(z.object({ altText: z.string() })) }),
  ),
});

function theSandbox(): Connector & { connect: OAuthConnect } {
  const connector = connectorRegistry().get("sandbox");
  if (connector?.connect.kind !== "oauth") throw new Error("the sandbox connects by OAuth");
  return { ...connector, connect: connector.connect };
}

async function start(): Promise<SandboxHarness> {
  const directory = await mkdtemp(join(tmpdir(), "galley-sandbox-"));
  const server = await startSandbox({ directory, host: "127.0.0.1", port: 0, publicUrl: null });
  const sandbox = theSandbox();
  const oauth = sandbox.connect;
  let credentials: ConnectorContext["credentials"] = {};
  let accountId = "";

  function context(deadlineMs = 10_000, baseUrl = server.url): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    const http = contractHttp([server.url, nowhere], signal);
    return {
      http,
      mail: contractMail([]),
      credentials,
      accountId,
      scopes: oauth.scopes,
      settings: { baseUrl },
      signal,
    };
  }

  async function connect(): Promise<void> {
    const codeVerifier = randomBytes(32).toString("base64url");
    const redirectUri = "http://127.0.0.1:3000/callback";
    const authorizeUrl = oauth.authorizeUrl(
      { baseUrl: server.url },
      {
        redirectUri,
        state: "state",
        codeChallenge: createHash("sha256").update(codeVerifier).digest("base64url"),
        scopes: oauth.scopes,
        registration: {},
        interactive: false,
      },
    );
    const answer = await context().http.request({ method: "GET", url: authorizeUrl });
    const back = new URL(answer.headers["location"] ?? "");
    const code = back.searchParams.get("code") ?? "";
    ({ credentials } = await oauth.exchange(context(), {
      code,
      redirectUri,
      codeVerifier,
      registration: {},
    }));
    ({ accountId } = await sandbox.probe(context()));
  }

  await connect();
  return {
    connector: sandbox,
    context,
    unreachable: () => context(10_000, nowhere),
    async visible() {
      const answer = await context().http.request({ method: "GET", url: `${server.url}/control/journal` });
      const { posts } = journal.parse(JSON.parse(Buffer.from(answer.body).toString()));
      return posts
        .filter((post) => post.createdAt <= Date.now())
        .map((post) => ({ text: post.text, altTexts: post.media.map((media) => media.altText) }));
    },
    async control(method, path, body = {}) {
      await context().http.request({
        method,
        url: `${server.url}/control/${path}`,
        body: JSON.stringify(body),
      });
    },
    async refresh() {
      if (!oauth.refresh) throw new TypeError("the sandbox renews its tokens");
      ({ credentials } = await oauth.refresh(context()));
    },
    connect,
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function fault(
  name: string,
  kind: string,
  rest: Partial<FaultCase<SandboxHarness>>,
  delayMs = 0,
): FaultCase<SandboxHarness> {
  return {
    name,
    verdict: "unknown",
    visible: 0,
    arrange: (harness) => harness.control("PUT", "faults", { faults: [{ kind, on: "create", delayMs }] }),
    ...rest,
  };
}

connectorContract<SandboxHarness>("sandbox", {
  start,
  options: {},
  threads: true,
  enforcesTextLimit: true,
  idempotent: false,
  faults: [
    fault("503 and nothing done", "error_before_commit", {}),
    fault("500 and done", "error_after_commit", { visible: 1 }),
    fault("the answer is lost", "lost_answer", { visible: 1 }),
    fault("reset in the middle of the answer", "cut_answer", { visible: 1 }),
    fault("reset before anything was done", "reset_before_commit", {}),
    fault("an answer without sense", "garbled", { visible: 1 }),
    fault("no answer before the deadline", "slow", { visible: 1, deadlineMs: 2_000 }, 6_000),
    fault("429", "throttle", { verdict: "throttled" }, 7_000),
    {
      name: "an expired token, which a refresh cures",
      verdict: "unauthorized",
      refreshable: true,
      visible: 0,
      arrange: (harness) => harness.control("POST", "expire-tokens"),
      restore: (harness) => harness.refresh(),
    },
    {
      name: "access withdrawn, which nothing cures but the person",
      verdict: "unauthorized",
      refreshable: false,
      visible: 0,
      arrange: (harness) => harness.control("POST", "revoke-tokens"),
      restore: (harness) => harness.connect(),
    },
  ],
});
