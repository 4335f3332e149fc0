import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody, page, Refusal } from "../http.ts";
import { html, layout } from "../page.ts";
import type { Platform, PlatformOptions, PlatformRules, Visible } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { setSwitches } from "../switches.ts";
import { errorPage } from "./consent.page.ts";
import type { ProblemName } from "./errors.ts";
import { problem, problems, refusedAnswer } from "./errors.ts";
import { createMedia } from "./media.ts";
import type { XApp } from "./oauth.ts";
import { createOAuth } from "./oauth.ts";
import { createPosts } from "./posts.ts";
import type { Allowance } from "./rate-limits.ts";
import { createRateLimits } from "./rate-limits.ts";
import type { Switches, XPost, XState } from "./state.ts";
import { createState } from "./state.ts";

export type XOptions = PlatformOptions & {
  /** The one app that is registered. */
  app: XApp;
  switches?: Partial<Switches>;
};

/**
 * Starts X as its API v2 documents itself: OAuth 2 with rotating refresh tokens, posts, uploads, the
 * timeline, rate limits. Beside the control routes of every emulator: `PUT /control/x` with any of
 * `Switches` (and `finishProcessing` for what is being processed), `GET /control/x` for them and the number of token exchanges.
 */
export function startX(options: XOptions): Promise<Platform> {
  return startPlatform(({ clock, publicUrl }) => {
    const state = createState(clock);
    Object.assign(state.switches, options.switches);
    return rulesOf(state, options.app, publicUrl);
  }, options);
}

function rulesOf(state: XState, app: XApp, publicUrl: () => string): PlatformRules {
  const oauth = createOAuth(state, app);
  const media = createMedia(state, oauth);
  const posts = createPosts({ state, oauth, media, publicUrl });
  const limits = createRateLimits(state.clock);

  function answer(request: EmulatorRequest, twist: Twist): Answer {
    switch (`${request.method} ${request.path}`) {
      case "GET /i/oauth2/authorize":
      case "POST /i/oauth2/authorize":
        return oauth.authorize(request);
      case "POST /2/oauth2/token":
        return oauth.token(request);
      case "POST /2/oauth2/revoke":
        return oauth.revoke(request);
      default:
        return request.path.startsWith("/2/") ? limited(request, twist) : publicPage(request);
    }
  }

  function limited(request: EmulatorRequest, twist: Twist): Answer {
    const { allowed, headers } = allowance(request);
    if (!allowed) return throttledWith(headers);
    try {
      const given = api(request, twist);
      return { ...given, headers: { ...given.headers, ...headers } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.status, error.code, error.message, headers);
    }
  }

  function allowance(request: EmulatorRequest): Allowance {
    const { accountId } = oauth.authenticate(request);
    const { postsPerAccount, postsPerApp, callsPerAccount } = state.switches;
    const operation = `${request.method} ${request.path.replaceAll(/\d{5,}/g, ":id")}`;
    const key = `${accountId} ${operation}`;
    if (operation !== "POST /2/tweets") return limits.take(key, callsPerAccount);
    return limits.take(key, postsPerAccount, { key: `app ${operation}`, limit: postsPerApp });
  }

  function api(request: EmulatorRequest, twist: Twist): Answer {
    switch (`${request.method} ${request.path}`) {
      case "POST /2/tweets":
        return posts.create(request, twist);
      case "GET /2/users/me":
        return posts.me(request);
      case "POST /2/media/upload":
        return media.upload(request);
      case "GET /2/media/upload":
        return media.status(request);
      case "POST /2/media/upload/initialize":
        return media.initialize(request);
      case "POST /2/media/metadata":
        return media.metadata(request);
      default:
        return byId(request, twist);
    }
  }

  function byId(request: EmulatorRequest, twist: Twist): Answer {
    const [, append] = /^\/2\/media\/upload\/(\d+)\/append$/.exec(request.path) ?? [];
    const [, finalize] = /^\/2\/media\/upload\/(\d+)\/finalize$/.exec(request.path) ?? [];
    const [, account] = /^\/2\/users\/(\d+)\/tweets$/.exec(request.path) ?? [];
    const [, post] = /^\/2\/tweets\/(\d+)$/.exec(request.path) ?? [];
    if (request.method === "POST" && append !== undefined) return media.append(request, append);
    if (request.method === "POST" && finalize !== undefined) return media.finalize(request, finalize);
    if (request.method === "GET" && account !== undefined) return posts.timeline(request, account, twist);
    if (request.method === "GET" && post !== undefined) return posts.one(request, post);
    return problem("not-found");
  }

  /** Where the addresses of posts lead. */
  function publicPage(request: EmulatorRequest): Answer {
    const [, id] = /^\/\w+\/status\/(\d+)$/.exec(request.path) ?? [];
    const post = id === undefined ? undefined : state.posts.get(id);
    if (!post || post.createdAt > state.clock.now().getTime()) {
      return page(errorPage("This page doesn’t exist."), 404);
    }
    const body = html`<article class="card"><p class="text">${post.text}</p></article>`;
    return page(layout({ title: "Post", brand: "X emulator", home: "/", nav: [], body }));
  }

  function control(request: EmulatorRequest): Answer | null {
    if (request.path !== "/control/x") return null;
    if (request.method === "PUT") {
      const { finishProcessing, ...switches } = jsonBody(request);
      const { trouble } = switches;
      if (typeof trouble === "string" && !Object.hasOwn(problems, trouble)) {
        throw new Refusal(400, "bad_switch", `"trouble" is one of ${Object.keys(problems).join(", ")}.`);
      }
      setSwitches(state.switches, switches, ["trouble"]);
      if (finishProcessing === true) media.finishAll();
    }
    return json({ ...state.switches, exchanges: state.exchanges });
  }

  function visible(post: XPost): Visible {
    return {
      id: post.id,
      account: state.accounts.get(post.accountId)?.username ?? "",
      kind: post.inReplyTo === null ? "post" : "reply",
      text: post.text,
      altTexts: post.mediaIds.map((id) => state.media.get(id)?.altText ?? ""),
      inReplyTo: post.inReplyTo,
      url: `${publicUrl()}/i/status/${post.id}`,
      createdAt: post.createdAt,
      ghost: post.ghost,
      ...(post.byHand ? { byHand: true } : {}),
    };
  }

  return {
    name: "X emulator",
    operationOf(request) {
      if (request.path === "/2/tweets") return "create";
      if (/^\/2\/users\/\d+\/tweets$/.test(request.path)) return "list";
      if (request.path.startsWith("/2/media")) return "media";
      return request.path === "/2/oauth2/token" ? "token" : null;
    },
    answer,
    accountOf: (request) => state.accounts.get(oauth.accountOf(request) ?? "")?.username ?? null,
    post: posts.byHand,
    sizeName: "max_results",
    repeated: { code: "duplicate" },
    bodies: {
      unavailable: () =>
        json(
          { title: "Service Unavailable", detail: "Service Unavailable", type: "about:blank", status: 503 },
          503,
        ),
      internal: () => json({ errors: [{ message: "Internal error", code: 131 }] }, 500),
      throttled: (seconds) => throttledWith(resetIn(seconds, state.clock.now())),
      refusal: (code) => problem(Object.keys(problems).includes(code) ? (code as ProblemName) : "forbidden"),
      refused: refusedAnswer,
    },
    journal: () => state.posts.all.toSorted((left, right) => left.createdAt - right.createdAt).map(visible),
    expireTokens() {
      for (const grant of state.byAccess.values()) grant.accessExpiresAt = state.clock.now().getTime();
    },
    revokeTokens() {
      for (const grant of state.byAccess.values()) state.revokedFamilies.add(grant.family);
    },
    control,
  };
}

function throttledWith(headers: Record<string, string>): Answer {
  return json(
    { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
    429,
    headers,
  );
}

function resetIn(seconds: number, now: Date): Record<string, string> {
  return {
    "x-rate-limit-limit": "100",
    "x-rate-limit-remaining": "0",
    "x-rate-limit-reset": String(Math.ceil(now.getTime() / 1000) + seconds),
  };
}
