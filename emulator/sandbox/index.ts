import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerResponse } from "node:http";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, jsonBody, listen, page, redirect, Refusal } from "../http.ts";
import { rememberRequests } from "../requests.ts";
import { createApi } from "./api.ts";
import { errorPage } from "./consent.page.ts";
import type { ErrorBodies, Fault, Operation } from "../faults.ts";
import { insteadOf, parseFault, sendThrough, takeFault, twistOf } from "../faults.ts";
import { faultsPage } from "./faults.page.ts";
import { createOAuth } from "./oauth.ts";
import type { SandboxClock } from "./state.ts";
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
  clock?: SandboxClock;
  accessTokenSeconds?: number;
};

export type Sandbox = {
  /** Where programs reach it. */
  url: string;
  publicUrl: string;
  close(): Promise<void>;
};

/**
 * Starts the sandbox: a small social network with OAuth, an API, pages and fault switches. It never
 * removes duplicates, so its journal tells whether something went out twice. Everything it answered
 * for is on disk before the answer.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? { now: () => new Date() };
  const mediaDirectory = join(options.directory, "media");
  mkdirSync(mediaDirectory, { recursive: true, mode: 0o700 });
  const state = openState(options.directory);
  const requests = rememberRequests(() => clock.now().getTime());
  let publicUrl = options.publicUrl ?? "";
  const basePath = options.publicUrl === null ? "" : new URL(options.publicUrl).pathname.replace(/\/+$/, "");
  // Known once the port is; handlers run later than that.
  const settings = { mediaDirectory, publicUrl };
  const oauth = createOAuth(state, clock, {
    redirectOrigins: options.publicUrl === null ? [] : [new URL(options.publicUrl).origin],
    accessTokenSeconds: options.accessTokenSeconds ?? 7200,
    refreshTokenSeconds: 30 * 24 * 3600,
    basePath,
  });
  const api = createApi(state, oauth, clock, settings);
  const views = { state, clock, basePath };

  function route(request: EmulatorRequest, fault: Fault | null): Answer {
    const key = `${request.method} ${request.path}`;
    const twist = twistOf(fault);
    switch (key) {
      case "GET /":
        return page(timelinePage(views, { handle: null, before: request.query.get("before") }));
      case "GET /faults":
        return page(faultsPage(views));
      case "POST /faults":
        return changeFaults(request);
      case "GET /oauth/authorize":
      case "POST /oauth/authorize":
        return oauth.authorize(request);
      case "POST /oauth/token":
        return oauth.token(request);
      case "POST /oauth/revoke":
        return oauth.revoke(request);
      case "GET /oauth/userinfo":
        return api.me(request);
      case "POST /api/posts":
        return api.create(request, twist);
      case "GET /api/posts":
        return api.list(request, twist);
      case "POST /api/media":
        return api.upload(request);
      case "GET /control/journal":
        return journal();
      case "GET /control/requests":
        return json({ requests: requests.all() });
      case "GET /control/faults":
        return json({ faults: state.faults });
      case "PUT /control/faults":
        return setFaults(request);
      case "POST /control/expire-tokens":
        state.record({ type: "expired", at: clock.now().getTime() });
        return json({});
      case "POST /control/revoke-tokens":
        state.record({ type: "revoked", family: null });
        return json({});
      default:
        return byPath(request);
    }
  }

  function byPath(request: EmulatorRequest): Answer {
    const [, folder, name] = /^\/(accounts|posts|media|api\/posts)\/([\w-]+)$/.exec(request.path) ?? [];
    if (request.method !== "GET" || folder === undefined || name === undefined) {
      throw new Refusal(404, "not_found", "Nothing is here.");
    }
    if (folder === "accounts") {
      return page(timelinePage(views, { handle: name, before: request.query.get("before") }));
    }
    if (folder === "posts") {
      const html = postPage(views, name);
      return html === null ? page(errorPage(basePath, "There is no such post."), 404) : page(html);
    }
    if (folder === "media") return image(name);
    return api.get(request, name);
  }

  function image(id: string): Answer {
    const media = state.media.get(id);
    if (!media) throw new Refusal(404, "no_media", "No such media.");
    return {
      status: 200,
      headers: {
        "content-type": media.mimeType,
        "x-content-type-options": "nosniff",
        "cache-control": "max-age=86400",
      },
      body: readFileSync(join(mediaDirectory, media.file)),
    };
  }

  function setFaults(request: EmulatorRequest): Answer {
    const faults = jsonBody(request)["faults"];
    if (!Array.isArray(faults)) throw new Refusal(400, "bad_fault", '"faults" is a list.');
    state.record({ type: "faults", faults: faults.map(parseFault) });
    return json({ faults: state.faults });
  }

  function changeFaults(request: EmulatorRequest): Answer {
    const form = formBody(request);
    const action = form.get("action");
    if (action === "add") {
      const remaining = form.get("remaining") ?? "1";
      const fault = parseFault({
        kind: form.get("kind"),
        on: form.get("on"),
        remaining: remaining === "" ? null : Number(remaining),
        delayMs: Number(form.get("delaySeconds") ?? "0") * 1000,
      });
      state.record({ type: "faults", faults: [...state.faults, fault] });
    }
    if (action === "clear") state.record({ type: "faults", faults: [] });
    if (action === "expire") state.record({ type: "expired", at: clock.now().getTime() });
    if (action === "revoke") state.record({ type: "revoked", family: null });
    return redirect(`${basePath}/faults`);
  }

  function journal(): Answer {
    const posts = state.timeline.map((post) => ({
      ...post,
      media: post.media.map((id) => ({ id, altText: state.media.get(id)?.altText ?? "" })),
    }));
    return json({ posts });
  }

  async function handle(request: EmulatorRequest, response: ServerResponse): Promise<Answer | null> {
    const operation = operationOf(request);
    const taken = operation === null ? null : takeFault(state.faults, operation);
    if (taken && taken.fault.remaining !== null) state.record({ type: "faults", faults: taken.left });
    const fault = taken?.fault ?? null;
    const answer = answerOf(request, fault);
    requests.add(request, answer.status, fault?.kind ?? null);
    return sendThrough(fault, answer, response, bodies);
  }

  function answerOf(request: EmulatorRequest, fault: Fault | null): Answer {
    const instead = insteadOf(fault, bodies);
    if (instead !== null) return instead;
    try {
      return route(request, fault);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return json({ error: error.code, message: error.message }, error.status, error.headers);
    }
  }

  const listening = await listen(handle, { host: options.host, port: options.port, basePath });
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${listening.port}`;
  publicUrl = (options.publicUrl ?? url).replace(/\/+$/, "");
  settings.publicUrl = publicUrl;
  return {
    url,
    publicUrl,
    async close() {
      await listening.close();
      state.close();
    },
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
