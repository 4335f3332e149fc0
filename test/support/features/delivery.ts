import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connector, ConnectorContext, Credentials, MediaInfo, VariantContent } from "#connectors";
import { connectorRegistry, transportFailure } from "#connectors";
import {
  createDeliveries,
  type Deliveries,
  type DeliveriesOptions,
  type DeliveryState,
  type DeliveryView,
  frozenHash,
} from "#delivery";
import { type Sandbox, startSandbox } from "#emulator";
import { contentHash, newId } from "#kit";
import type { Database } from "#platform/db";
import { createHttpClient, EgressError, type HttpClient } from "#platform/http-client";
import type { Services } from "../../../src/app/services.ts";
import { buildChannel, buildUser, buildWorkspace } from "../builders.ts";
import { testServices } from "../services.ts";

/** A workspace with one channel on a connector, and everything to approve and deliver posts to it. */
export type DeliveryFixture = {
  database: Database;
  workspaceId: string;
  approverId: string;
  channelId: string;
  connector: Connector;
};

export async function buildDeliveryFixture(
  database: Database,
  connector: Connector,
): Promise<DeliveryFixture> {
  const workspace = await buildWorkspace(database);
  const approver = await buildUser(database);
  const channel = await buildChannel(database, workspace.id, connector.id);
  return { database, workspaceId: workspace.id, approverId: approver.id, channelId: channel.id, connector };
}

export function textVariant(...parts: string[]): VariantContent {
  return { parts, link: null, media: [], firstComment: null, options: {} };
}

export type ApprovedPost = { postId: string; approvalId: string };

export type OrderOptions = { dueAt?: Date; notBefore?: Date; graceSeconds?: number; media?: MediaInfo[] };

/** Approves a post with one variant, as the desk would, and asks for its delivery. */
export async function orderPost(
  fixture: DeliveryFixture,
  deliveries: Pick<Deliveries, "request">,
  content: VariantContent,
  given: OrderOptions = {},
): Promise<ApprovedPost & { deliveryId: string }> {
  const { dueAt = new Date(Date.now() - 100), notBefore = null, graceSeconds = 3_600, media = [] } = given;
  const { database, workspaceId, channelId } = fixture;
  const binding = { at: null, variants: [{ channelId, hash: frozenHash({ variant: content, media }) }] };
  const approved = { postId: newId(), approvalId: newId() };
  return database.inWorkspace(workspaceId, async (transaction) => {
    await transaction
      .insertInto("posts")
      .values({
        workspace_id: workspaceId,
        id: approved.postId,
        title: "A post",
        status: "publishing",
        content_hash: "0",
      })
      .execute();
    await transaction
      .insertInto("approvals")
      .values({
        workspace_id: workspaceId,
        id: approved.approvalId,
        post_id: approved.postId,
        version: 1,
        bound_hash: contentHash(binding),
        decision: "approved",
        decided_by: fixture.approverId,
      })
      .execute();
    const [deliveryId = ""] = await deliveries.request(transaction, {
      workspaceId,
      postId: approved.postId,
      approval: { id: approved.approvalId, decidedBy: fixture.approverId, binding },
      variants: [{ channelId, content, media }],
      dueAt,
      notBefore,
      graceSeconds,
    });
    return { ...approved, deliveryId };
  });
}

type SandboxPost = { id: string; text: string; kind: string; inReplyTo: string | null; listedAt: number };

/** What a process is given, where a test is about it. */
type SandboxDeliveries = {
  /** Windows are short by default, so that tests see the end of them. */
  settings?: Partial<DeliveriesOptions["settings"]>;
  /** Stands in for the connector. */
  speaking?: Connector | undefined;
  dataDir?: string;
  files?: DeliveriesOptions["files"];
  connectorSettings?: Services["connectorSettings"];
  /** Known too; its channels are spoken to by the same connector. */
  beside?: Connector[];
};

/** The real sandbox on loopback, a connected account of it, and deliveries that publish there. */
export type DeliverySandbox = {
  sandbox: Sandbox;
  /** Everything that is visible. */
  journal(): Promise<SandboxPost[]>;
  setFaults(
    faults: { kind: string; on?: string; remaining?: number | null; delayMs?: number }[],
  ): Promise<void>;
  control(path: "expire-tokens" | "revoke-tokens"): Promise<void>;
  /** A process that publishes there; see `SandboxDeliveries`. */
  deliveries(database: Database, given?: SandboxDeliveries): Deliveries;
  connector: Connector;
  /** Why channels were marked for a new connection. */
  reconnects: string[];
  close(): Promise<void>;
};

export async function startDeliverySandbox(): Promise<DeliverySandbox> {
  const directory = await mkdtemp(join(tmpdir(), "galley-sandbox-"));
  const sandbox = await startSandbox({ directory, host: "127.0.0.1", port: 0, publicUrl: null });
  const http = createHttpClient({ allowOrigins: [sandbox.url] });
  const connector = connectorRegistry().get("sandbox");
  if (!connector) throw new TypeError("there is no sandbox connector");
  const account = await connectAccount(http, connector, sandbox.url);
  const reconnects: string[] = [];

  async function control(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<unknown> {
    const calls = http.connectorHttp({ signal: AbortSignal.timeout(10_000) });
    const answer = await calls.request({
      method,
      url: `${sandbox.url}/control/${path}`,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return JSON.parse(Buffer.from(answer.body).toString());
  }

  return {
    sandbox,
    connector,
    reconnects,
    journal: async () => ((await control("GET", "journal")) as { posts: SandboxPost[] }).posts,
    setFaults: async (faults) => void (await control("PUT", "faults", { faults })),
    control: async (path) => void (await control("POST", path, {})),
    deliveries: (database, given = {}) => {
      const { speaking = connector, beside = [], settings, ...others } = given;
      return testDeliveries({
        ...others,
        database,
        connectors: [speaking, ...beside],
        open: async (signal, refresh) => ({
          connector: speaking,
          context: await account.open(signal, refresh),
        }),
        reconnects,
        settings: { concurrency: 16, leaseMs: 3_000, ...settings },
      });
    },
    close: async () => {
      await sandbox.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** What a test's own delivery stands on. */
type TestDeliveries = {
  database: Database;
  connectors: Connector[];
  /** Opens the channel of the test, whichever is asked for. */
  open: (signal: AbortSignal, refresh: boolean) => ReturnType<DeliveriesOptions["channels"]["open"]>;
  /** Gets why channels were marked for a new connection. */
  reconnects?: string[];
  /** Default: posts have no media. */
  files?: DeliveriesOptions["files"];
  dataDir?: string;
  connectorSettings?: Services["connectorSettings"];
  settings?: Partial<DeliveriesOptions["settings"]>;
};

/** Delivery as it is composed for a process, whose channels are one account that the test opens by itself. */
export function testDeliveries(given: TestDeliveries): Deliveries {
  const { database, connectors, open, reconnects = [], files = noFiles, settings, ...others } = given;
  const services = testServices({
    ...others,
    database,
    connectors: connectorRegistry(connectors),
    deliverySettings: { concurrency: 4, minimumWindowMs: 0, leaseMs: 6_000, marginMs: 500, ...settings },
  });
  const channels = {
    open: (_workspaceId: string, _channelId: string, signal: AbortSignal, options?: { refresh?: boolean }) =>
      open(signal, options?.refresh ?? false),
    needsReconnect: markReconnect(database, reconnects),
  };
  return createDeliveries({ ...services, channels, files, settings: services.deliverySettings });
}

/** Marks a channel whose access has ended, as the channels' own code does, and keeps why. */
function markReconnect(database: Database, reasons: string[]) {
  return async (workspaceId: string, channelId: string, reason: string): Promise<boolean> => {
    reasons.push(reason);
    const marked = await database.system
      .updateTable("channels")
      .set({ status: "needs_reconnect", status_reason: reason })
      .where("workspace_id", "=", workspaceId)
      .where("id", "=", channelId)
      .where("status", "=", "connected")
      .executeTakeFirst();
    return marked.numUpdatedRows > 0n;
  };
}

/** Connects one account by the whole OAuth flow, and keeps its tokens. */
async function connectAccount(http: HttpClient, connector: Connector, url: string) {
  if (connector.connect.kind !== "oauth") throw new TypeError("the sandbox is connected by OAuth");
  const { connect } = connector;
  const settings = { baseUrl: url, deadlineMs: 1_000, windowMs: 1_600 };
  let credentials: Credentials = {};

  function contextWith(signal: AbortSignal): ConnectorContext {
    const single = http.connectorHttp({ signal });
    return {
      http: {
        request: (request) =>
          single.request(request).catch((error: unknown) => {
            throw error instanceof EgressError ? transportFailure(error) : error;
          }),
      },
      mail: {
        send: () => Promise.reject(new TypeError("no mail here")),
        verify: () => Promise.reject(new TypeError("no mail here")),
      },
      credentials,
      accountId: "account-newcomer",
      scopes: connect.scopes,
      settings,
      signal,
    };
  }

  const codeVerifier = randomBytes(32).toString("base64url");
  const redirectUri = "http://127.0.0.1:1/callback";
  const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");
  const context = contextWith(AbortSignal.timeout(10_000));
  const consent = await context.http.request({
    method: "GET",
    url: connect.authorizeUrl(settings, {
      redirectUri,
      codeChallenge,
      state: "s",
      scopes: connect.scopes,
      registration: {},
      interactive: false,
    }),
  });
  const code = new URL(consent.headers["location"] ?? "").searchParams.get("code") ?? "";
  credentials = (await connect.exchange(context, { code, redirectUri, codeVerifier, registration: {} }))
    .credentials;
  return {
    open: async (signal: AbortSignal, refresh: boolean): Promise<ConnectorContext> => {
      if (refresh && connect.refresh) credentials = (await connect.refresh(contextWith(signal))).credentials;
      return contextWith(signal);
    },
  };
}

/** For deliveries without media. */
export const noFiles: DeliveriesOptions["files"] = {
  read: () => Promise.reject(new TypeError("no files here")),
  chunks: () => {
    throw new TypeError("no files here");
  },
  publicUrl: (_workspaceId, hash) => `https://galley.test/media/${hash}`,
};

/** What is left on the channel stays there: a later test's process does not send it. */
export async function pauseChannel({ database, channelId }: DeliveryFixture): Promise<void> {
  const channels = database.system.updateTable("channels").set({ paused_at: new Date() });
  await channels.where("id", "=", channelId).execute();
}

/** How a test follows its posts while a process publishes them. */
export function following({ workspaceId }: DeliveryFixture, deliveries: Deliveries) {
  async function viewOf(postId: string): Promise<DeliveryView> {
    const [view] = await deliveries.forPost(workspaceId, postId);
    if (!view) throw new Error("there is no delivery");
    return view;
  }

  return {
    viewOf,
    /** Works until the post's delivery is in one of these states. */
    untilState: async (postId: string, ...states: DeliveryState[]): Promise<DeliveryView> => {
      await sweepUntil(deliveries, async () => states.includes((await viewOf(postId)).state));
      return viewOf(postId);
    },
    /** Does once what a worker does all the time. */
    sweepOnce: async (): Promise<void> => {
      for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
    },
  };
}

/** Runs the sweeps of `deliveries` until the condition holds; fails after `withinMs`. */
export async function sweepUntil(
  deliveries: Pick<Deliveries, "sweeps">,
  holds: () => Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const stopping = new AbortController();
  const giveUpAt = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`this did not come true within ${withinMs} ms`);
    for (const sweep of deliveries.sweeps) await sweep.run(stopping.signal);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
