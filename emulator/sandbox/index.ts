import { mkdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import type { ErrorBodies, Fault, Operation } from "../faults.ts";
import { insteadOf, sendThrough, takeFault, twistOf } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, listen, page, Refusal } from "../http.ts";
import { createRouter } from "../routes.ts";
import * as api from "./api.ts";
import { errorPage } from "./consent.page.ts";
import * as control from "./control.ts";
import { faultsPage } from "./faults.page.ts";
import * as oauth from "./oauth.ts";
import type { SandboxState } from "./state.ts";
import { openState } from "./state.ts";
import { postPage, timelinePage } from "./timeline.page.ts";

export type SandboxOptions = {
  /** Holds the log and the media; created when missing. */
  directory: string;
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** Where people reach it, with a path where it sits under another server; null for its own address. */
  publicUrl: string | null;
  clock?: { now(): Date };
  accessTokenSeconds?: number;
};

export type Sandbox = {
  /** Where programs reach it. */
  url: string;
  publicUrl: string;
  close(): Promise<void>;
};

const route = createRouter<SandboxState>({
  "GET /": (state, { request }) =>
    page(timelinePage(state, { handle: null, before: request.query.get("before") })),
  "GET /faults": (state) => page(faultsPage(state)),
  "POST /faults": control.changeFaults,
  "GET /oauth/authorize": oauth.authorize,
  "POST /oauth/authorize": oauth.authorize,
  "POST /oauth/token": oauth.token,
  "POST /oauth/revoke": oauth.revoke,
  "GET /oauth/userinfo": api.me,
  "POST /api/posts": api.create,
  "GET /api/posts": api.list,
  "POST /api/media": api.upload,
  "GET /control/journal": control.journal,
  "GET /control/requests": control.requests,
  "GET /control/faults": control.faults,
  "PUT /control/faults": control.setFaults,
  "POST /control/expire-tokens": control.expireTokens,
  "POST /control/revoke-tokens": control.revokeTokens,
});

/**
 * Starts the sandbox: a small social network with OAuth, an API, pages and fault switches. It never
 * removes duplicates, so its journal tells whether something went out twice. Everything it answered
 * for is on disk before the answer.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock = { now: () => new Date() }, directory, host } = options;
  const mediaDirectory = join(directory, "media");
  mkdirSync(mediaDirectory, { recursive: true, mode: 0o700 });
  // Known once the port is; handlers run later than that.
  let publicUrl = options.publicUrl ?? "";
  const state = openState(directory, {
    now: () => clock.now().getTime(),
    publicUrl: () => publicUrl,
    basePath: options.publicUrl === null ? "" : new URL(options.publicUrl).pathname.replace(/\/+$/, ""),
    mediaDirectory,
    redirectOrigins: options.publicUrl === null ? [] : [new URL(options.publicUrl).origin],
    accessTokenSeconds: options.accessTokenSeconds ?? 7200,
    refreshTokenSeconds: 30 * 24 * 3600,
  });
  const listening = await listen((request, response) => handle(state, request, response), {
    host,
    port: options.port,
    basePath: state.basePath,
  });
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${listening.port}`;
  publicUrl = (options.publicUrl ?? url).replace(/\/+$/, "");
  return {
    url,
    publicUrl,
    async close() {
      await listening.close();
      state.close();
    },
  };
}

async function handle(
  state: SandboxState,
  request: EmulatorRequest,
  response: ServerResponse,
): Promise<Answer | null> {
  const operation = operationOf(request);
  const taken = operation === null ? null : takeFault(state.faults, operation);
  if (taken && taken.fault.remaining !== null) state.record({ type: "faults", faults: taken.left });
  const fault = taken?.fault ?? null;
  const answer = answerOf(state, request, fault);
  state.requests.add(request, answer.status, fault?.kind ?? null);
  return sendThrough(fault, answer, response, bodies);
}

function answerOf(state: SandboxState, request: EmulatorRequest, fault: Fault | null): Answer {
  const instead = insteadOf(fault, bodies);
  if (instead !== null) return instead;
  try {
    return route(state, request, twistOf(fault)) ?? byPath(state, request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return json({ error: error.code, message: error.message }, error.status, error.headers);
  }
}

function byPath(state: SandboxState, request: EmulatorRequest): Answer {
  const [, folder, name] = /^\/(accounts|posts|media|api\/posts)\/([\w-]+)$/.exec(request.path) ?? [];
  if (request.method !== "GET" || folder === undefined || name === undefined) {
    throw new Refusal(404, "not_found", "Nothing is here.");
  }
  if (folder === "accounts") {
    return page(timelinePage(state, { handle: name, before: request.query.get("before") }));
  }
  if (folder === "posts") {
    const html = postPage(state, name);
    return html === null ? page(errorPage(state.basePath, "There is no such post."), 404) : page(html);
  }
  if (folder === "media") return image(state, name);
  return api.get(state, { request, id: name });
}

function image(state: SandboxState, id: string): Answer {
  const media = state.media.get(id);
  if (!media) throw new Refusal(404, "no_media", "No such media.");
  return {
    status: 200,
    headers: {
      "content-type": media.mimeType,
      "x-content-type-options": "nosniff",
      "cache-control": "max-age=86400",
    },
    body: readFileSync(join(state.mediaDirectory, media.file)),
  };
}

function operationOf(request: EmulatorRequest): Operation | null {
  if (request.path === "/api/posts") return request.method === "POST" ? "create" : "list";
  if (request.path === "/api/media") return "media";
  if (request.path === "/oauth/token") return "token";
  return null;
}

const bodies: ErrorBodies = {
  unavailable: () => json({ error: "unavailable" }, 503),
  internal: () => json({ error: "internal" }, 500),
  refusal: (code) => json({ error: code === "" ? "refused" : code, message: "Refused by a switch." }, 422),
  throttled: (seconds) => json({ error: "too_many_requests" }, 429, { "retry-after": String(seconds) }),
};
