import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody, page, Refusal } from "../http.ts";
import { html, layout } from "../page.ts";
import type { Platform, PlatformOptions } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { createRouter } from "../routes.ts";
import type { PlatformRules, Visible } from "../rules.ts";
import { setSwitches } from "../switches.ts";
import { errorPage } from "./consent.page.ts";
import type { ProblemName } from "./errors.ts";
import { problem, problems, refusedAnswer } from "./errors.ts";
import * as media from "./media.ts";
import * as oauth from "./oauth.ts";
import * as posts from "./posts.ts";
import type { Allowance } from "./rate-limits.ts";
import type { Switches, XApp, XPost, XState } from "./state.ts";
import { createState } from "./state.ts";

export type XOptions = PlatformOptions & {
  /** The one app that is registered. */
  app: XApp;
  switches?: Partial<Switches>;
};

/** Endpoints without limits. */
const unlimited = createRouter<XState>({
  "GET /i/oauth2/authorize": oauth.authorize,
  "POST /i/oauth2/authorize": oauth.authorize,
  "POST /2/oauth2/token": oauth.token,
  "POST /2/oauth2/revoke": oauth.revoke,
});

const api = createRouter<XState>({
  "POST /2/tweets": posts.create,
  "GET /2/tweets/:id": posts.one,
  "GET /2/users/me": posts.me,
  "GET /2/users/:id/tweets": posts.timeline,
  "POST /2/media/upload": media.upload,
  "GET /2/media/upload": media.status,
  "POST /2/media/upload/initialize": media.initialize,
  "POST /2/media/upload/:id/append": media.append,
  "POST /2/media/upload/:id/finalize": media.finalize,
  "POST /2/media/metadata": media.metadata,
});

/**
 * Starts X as its API v2 documents itself: OAuth 2 with rotating refresh tokens, posts, uploads, the
 * timeline, rate limits. Beside the control routes of every emulator: `PUT /control/x` with any of
 * `Switches` (and `finishProcessing` for what is being processed), `GET /control/x` for them and the number of token exchanges.
 */
export function startX(options: XOptions): Promise<Platform> {
  return startPlatform((deps) => {
    const state = createState(deps, options.app);
    Object.assign(state.switches, options.switches);
    return rulesOf(state);
  }, options);
}

function rulesOf(state: XState): PlatformRules {
  return {
    name: "X emulator",
    operationOf(request) {
      if (request.path === "/2/tweets") return "create";
      if (/^\/2\/users\/\d+\/tweets$/.test(request.path)) return "list";
      if (request.path.startsWith("/2/media")) return "media";
      return request.path === "/2/oauth2/token" ? "token" : null;
    },
    answer: (request, twist) => answer(state, request, twist),
    accountOf: (request) => state.accounts.get(oauth.accountOf(state, request) ?? "")?.username ?? null,
    post: (byHand) => posts.byHand(state, byHand),
    sizeName: "max_results",
    repeated: { code: "duplicate" },
    bodies: {
      unavailable: () =>
        json(
          { title: "Service Unavailable", detail: "Service Unavailable", type: "about:blank", status: 503 },
          503,
        ),
      internal: () => json({ errors: [{ message: "Internal error", code: 131 }] }, 500),
      throttled: (seconds) => throttledWith(resetIn(seconds, state.now())),
      refusal: (code) => problem(Object.keys(problems).includes(code) ? (code as ProblemName) : "forbidden"),
      refused: refusedAnswer,
    },
    journal: () =>
      state.posts.all
        .toSorted((left, right) => left.createdAt - right.createdAt)
        .map((post) => visible(state, post)),
    expireTokens() {
      for (const grant of state.byAccess.values()) grant.accessExpiresAt = state.now();
    },
    revokeTokens() {
      for (const grant of state.byAccess.values()) state.revokedFamilies.add(grant.family);
    },
    control: (request) => control(state, request),
  };
}

function answer(state: XState, request: EmulatorRequest, twist: Twist): Answer {
  const answered = unlimited(state, request, twist);
  if (answered !== null) return answered;
  return request.path.startsWith("/2/") ? limited(state, request, twist) : publicPage(state, request);
}

function limited(state: XState, request: EmulatorRequest, twist: Twist): Answer {
  const { allowed, headers } = allowance(state, request);
  if (!allowed) return throttledWith(headers);
  try {
    const given = api(state, request, twist) ?? problem("not-found");
    return { ...given, headers: { ...given.headers, ...headers } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.status, error.code, error.message, headers);
  }
}

function allowance(state: XState, request: EmulatorRequest): Allowance {
  const { accountId } = oauth.authenticate(state, request);
  const { postsPerAccount, postsPerApp, callsPerAccount } = state.switches;
  const operation = `${request.method} ${request.path.replaceAll(/\d{5,}/g, ":id")}`;
  const key = `${accountId} ${operation}`;
  if (operation !== "POST /2/tweets") return state.limits.take(key, callsPerAccount);
  return state.limits.take(key, postsPerAccount, { key: `app ${operation}`, limit: postsPerApp });
}

/** Where the addresses of posts lead. */
function publicPage(state: XState, request: EmulatorRequest): Answer {
  const [, id] = /^\/\w+\/status\/(\d+)$/.exec(request.path) ?? [];
  const post = id === undefined ? undefined : state.posts.get(id);
  if (!post || post.createdAt > state.now()) return page(errorPage("This page doesn’t exist."), 404);
  const body = html`<article class="card"><p class="text">${post.text}</p></article>`;
  return page(layout({ title: "Post", brand: "X emulator", home: "/", nav: [], body }));
}

function control(state: XState, request: EmulatorRequest): Answer | null {
  if (request.path !== "/control/x") return null;
  if (request.method === "PUT") {
    const { finishProcessing, ...switches } = jsonBody(request);
    const { trouble } = switches;
    if (typeof trouble === "string" && !Object.hasOwn(problems, trouble)) {
      throw new Refusal(400, "bad_switch", `"trouble" is one of ${Object.keys(problems).join(", ")}.`);
    }
    setSwitches(state.switches, switches, ["trouble"]);
    if (finishProcessing === true) media.finishAll(state);
  }
  return json({ ...state.switches, exchanges: state.exchanges });
}

function visible(state: XState, post: XPost): Visible {
  return {
    id: post.id,
    account: state.accounts.get(post.accountId)?.username ?? "",
    kind: post.inReplyTo === null ? "post" : "reply",
    text: post.text,
    altTexts: post.mediaIds.map((id) => state.media.get(id)?.altText ?? ""),
    inReplyTo: post.inReplyTo,
    url: `${state.publicUrl()}/i/status/${post.id}`,
    createdAt: post.createdAt,
    ghost: post.ghost,
    ...(post.byHand ? { byHand: true } : {}),
  };
}

function throttledWith(headers: Record<string, string>): Answer {
  return json(
    { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
    429,
    headers,
  );
}

function resetIn(seconds: number, now: number): Record<string, string> {
  return {
    "x-rate-limit-limit": "100",
    "x-rate-limit-remaining": "0",
    "x-rate-limit-reset": String(Math.ceil(now / 1000) + seconds),
  };
}
