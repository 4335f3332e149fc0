import type { Operation, Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody, page } from "../http.ts";
import type { Platform, PlatformOptions } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import type { PlatformRules, Visible } from "../rules.ts";
import { setSwitches } from "../switches.ts";
import { ownerOf, postByHand } from "./by-hand.ts";
import { plainPage } from "./consent.page.ts";
import { businessUsage, errorAnswer, exhaustedUsage, GraphRefusal, namedError } from "./errors.ts";
import { graph } from "./graph.ts";
import { dialog } from "./login.ts";
import type { MetaApp, MetaPost, MetaState } from "./state.ts";
import { createState, manyPages, shortcodeOf } from "./state.ts";
import { answeringVersion } from "./versions.ts";

export { graphValidator } from "./specification.ts";

export type MetaOptions = PlatformOptions & {
  /** The registered app; its redirect addresses may be any on the loopback where the list is empty. */
  app?: Partial<MetaApp>;
  /** How long a container of Instagram is `IN_PROGRESS`. */
  processingMs?: number;
  /** Instead of the three that there are: so many Pages that everybody may publish on, each with an Instagram account. */
  pages?: number;
  /** Which of both it is asked for; Facebook where it is not said. */
  product?: "Facebook" | "Instagram";
};

export const metaApp: MetaApp = {
  id: "2714518281828459",
  secret: "0123456789abcdef0123456789abcdef",
  redirectUris: [],
  demandsProof: true,
};

/**
 * Meta's Graph API as Facebook Pages and Instagram need it: the login dialog, tokens, Pages, containers,
 * and errors as documented. Everything is in memory. Besides the control routes of every emulator:
 * `PUT /control/meta` `{oldestVersion}`, as if all before that version had ended; and
 * `POST /control/expire-containers`, as if 24 hours were over for those that are older than ten seconds.
 */
export function startMeta(options: MetaOptions): Promise<Platform> {
  const { app, processingMs = 200, pages, product = "Facebook" } = options;
  return startPlatform((deps) => {
    const state = createState(deps, {
      app: { ...metaApp, ...app },
      processingMs,
      ...(pages === undefined ? {} : { pages: manyPages(pages) }),
    });
    return rulesOf(state, product);
  }, options);
}

function rulesOf(state: MetaState, product: "Facebook" | "Instagram"): PlatformRules {
  return {
    name: "Meta",
    operationOf,
    answer: (request, twist) => answer(state, request, twist),
    accountOf: (request) => ownerOf(state, splitVersion(request.path).path.split("/")[1] ?? ""),
    post: (byHand) => postByHand(state, byHand),
    sizeName: "limit",
    // Instagram's container is published by the first one, and a second finds it spent.
    repeated: product === "Instagram" ? { code: "24/2207008" } : { code: "506" },
    bodies: {
      unavailable: () => errorAnswer(namedError("2"), {}),
      internal: () => errorAnswer(namedError("1"), {}),
      throttled: (seconds) =>
        errorAnswer(namedError("32"), exhaustedUsage(state.pages[0]?.id ?? "", seconds)),
      refusal: (code) => errorAnswer(namedError(code)),
      refused: (refusal) =>
        errorAnswer(
          refusal instanceof GraphRefusal
            ? refusal.graph
            : { status: refusal.status, code: 100, message: `(#100) ${refusal.message}` },
        ),
    },
    journal: () => state.posts.all.map((post) => visible(post, state.publicUrl())),
    control: (request) => control(state, request),
    expireTokens() {
      for (const token of state.tokens.values()) token.expiresAt = state.now();
    },
    revokeTokens() {
      for (const consent of state.consents) consent.revoked = true;
    },
  };
}

async function answer(state: MetaState, request: EmulatorRequest, twist: Twist): Promise<Answer> {
  const { wanted, path } = splitVersion(request.path);
  if (path === "/dialog/oauth") return dialog(state, request);
  const seen = wanted === null && request.method === "GET" ? permalink(state, path) : null;
  if (seen !== null) return seen;
  const version = answeringVersion(wanted, new Date(state.now()), state.switches.oldestVersion);
  if (version === null) {
    throw new GraphRefusal({
      status: 400,
      code: 2500,
      message: `Unknown path components: ${request.path}`,
    });
  }
  const headers = { "facebook-api-version": version, ...usageHeaders(state, path) };
  try {
    return withHeaders(await graph(state, { ...request, path }, { version, twist }), headers);
  } catch (error) {
    if (error instanceof GraphRefusal) return errorAnswer(error.graph, headers);
    throw error;
  }
}

/** Counts a call, and tells how much of what is allowed is used up. */
function usageHeaders(state: MetaState, path: string): Record<string, string> {
  state.calls += 1;
  const percent = Math.min(100, Math.floor(state.calls / 100));
  const usage = { call_count: percent, total_time: percent, total_cputime: percent };
  const id = path.split("/")[1] ?? "";
  return {
    "x-app-usage": JSON.stringify(usage),
    ...(/^\d+/.test(id) ? businessUsage(id, percent) : {}),
  };
}

/** Where people look: `/{post}` of Facebook and `/p/{code}/` of Instagram. */
function permalink(state: MetaState, path: string): Answer | null {
  const post = state.posts.get(path.slice(1));
  if (post) return page(plainPage("Facebook", post.text));
  return path.startsWith("/p/") ? page(plainPage("Instagram", path)) : null;
}

function control(state: MetaState, request: EmulatorRequest): Answer | null {
  const key = `${request.method} ${request.path}`;
  if (key === "PUT /control/meta") {
    setSwitches(state.switches, jsonBody(request));
    return json(state.switches);
  }
  if (key !== "POST /control/expire-containers") return null;
  const aWhileAgo = state.now() - 10_000;
  for (const container of state.containers.values()) {
    if (container.createdAt < aWhileAgo) container.createdAt = 0;
  }
  return json({});
}

function splitVersion(path: string): { wanted: string | null; path: string } {
  const found = /^\/(v\d+\.\d+)(\/.*)$/.exec(path);
  return found ? { wanted: found[1] ?? null, path: found[2] ?? "/" } : { wanted: null, path };
}

function withHeaders(answer: Answer, headers: Record<string, string>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function operationOf(request: EmulatorRequest): Operation | null {
  const { path } = splitVersion(request.path);
  const edge = path.split("/")[2] ?? "";
  if (path === "/oauth/access_token") return "token";
  if (request.method === "POST") {
    if (edge === "feed" || edge === "media_publish" || edge === "comments") return "create";
    // The last phase of an upload is what people see.
    if (edge === "videos") return request.body.includes("upload_phase=finish") ? "create" : "media";
    if (edge === "photos" || edge === "media") return "media";
  }
  return ["published_posts", "feed", "posts", "media", "comments"].includes(edge) ? "list" : null;
}

function visible(post: MetaPost, publicUrl: string): Visible {
  return {
    id: post.id,
    account: post.account,
    kind: post.kind,
    text: post.link === null || post.text.includes(post.link) ? post.text : `${post.text}\n${post.link}`,
    altTexts: post.altTexts,
    inReplyTo: post.parent,
    url:
      post.kind === "post" && post.mediaType !== null
        ? `${publicUrl}/p/${shortcodeOf(post)}/`
        : `${publicUrl}/${post.id}`,
    createdAt: post.createdAt,
    ghost: post.ghost,
    ...(post.byHand ? { byHand: true } : {}),
    ...(post.video === null ? {} : { details: { video: post.video } }),
  };
}
