import type { Operation, Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { PlatformClock } from "../clock.ts";
import type { Platform, PlatformOptions, PlatformRules, Visible } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { setSwitches } from "../switches.ts";
import { createAuthors } from "./authors.ts";
import { createComments } from "./comments.ts";
import { bodies, notFound } from "./errors.ts";
import { shownText } from "./little-text.ts";
import { createMedia } from "./media.ts";
import { createOAuth } from "./oauth.ts";
import { createOrganizations } from "./organizations.ts";
import { createPosts } from "./posts.ts";
import type { LinkedInApp, LinkedInState, Organization, Post, PostContent } from "./state.ts";
import { createState } from "./state.ts";
import { checkVersion } from "./versions.ts";
import { authorOf } from "./whose.ts";

export type LinkedInOptions = PlatformOptions & {
  /** Registered apps; by default one of each product, for any address on loopback. */
  apps?: LinkedInApp[];
  organizations?: Organization[];
};

/** Pages that everybody may publish on. */
export function manyOrganizations(count: number): Organization[] {
  return Array.from({ length: count }, (_, number) => ({
    id: 7_000_001 + number,
    name: `Page ${number}`,
    vanityName: `page-${number}`,
    roles: { "*": "ADMINISTRATOR" },
  }));
}

export const linkedInApps: LinkedInApp[] = [
  { clientId: "profile-app", clientSecret: "profile-secret", product: "profile", redirectUris: null },
  { clientId: "page-app", clientSecret: "page-secret", product: "page", redirectUris: null },
];

const someOrganizations: Organization[] = [
  { id: 2_414_183, name: "Devtestco", vanityName: "devtestco", roles: { "*": "ADMINISTRATOR" } },
  { id: 5_583_111, name: "Garden Works", vanityName: "garden-works", roles: { ada: "CONTENT_ADMIN" } },
  { id: 89_758_488, name: "Numbers Only", vanityName: "numbers-only", roles: { ada: "ANALYST" } },
];

/**
 * LinkedIn as far as publishing goes: OAuth, OpenID, Pages and their roles, posts, uploads, comments. One
 * server stands for www.linkedin.com and api.linkedin.com. Besides the control routes of every emulator:
 * `PUT /control/switches` with fields of `Switches`.
 */
export async function startLinkedIn(options: LinkedInOptions): Promise<Platform> {
  const state = createState(options.apps ?? linkedInApps, options.organizations ?? someOrganizations);
  return startPlatform((parts) => rulesOf(state, parts), options);
}

function rulesOf(
  state: LinkedInState,
  { clock, publicUrl }: { clock: PlatformClock; publicUrl: () => string },
): PlatformRules {
  const oauth = createOAuth(state, clock);
  const authors = createAuthors(state, oauth);
  const media = createMedia(state, authors, clock, publicUrl);
  const posts = createPosts(state, { oauth, authors, media, clock });
  const comments = createComments(state, { oauth, authors, clock });
  const organizations = createOrganizations(state, oauth);

  function answer(request: EmulatorRequest, twist: Twist): Answer {
    if (request.path.startsWith("/rest/")) {
      checkVersion(request, state.switches.oldestVersion, clock.now());
      return rest(request, twist);
    }
    const [, token, part] = /^\/dms-uploads\/([\w-]+)\/(\d{1,5})$/.exec(request.path) ?? [];
    if (request.method === "PUT" && token !== undefined) return media.upload(request, token, Number(part));
    switch (`${request.method} ${request.path}`) {
      case "GET /oauth/v2/authorization":
      case "POST /oauth/v2/authorization":
        return oauth.authorization(request);
      case "POST /oauth/v2/accessToken":
        return oauth.accessToken(request);
      case "POST /oauth/v2/revoke":
        return oauth.revoke(request);
      case "POST /oauth/v2/introspectToken":
        return oauth.introspect(request);
      case "GET /v2/userinfo":
        return organizations.userinfo(request);
      default:
        throw notFound("Nothing is here");
    }
  }

  function rest(request: EmulatorRequest, twist: Twist): Answer {
    const [, , resource = "", key, sub] = request.path.split("/").map(decoded);
    const call = `${request.method} ${resource}${key === undefined ? "" : "/*"}${sub === undefined ? "" : `/${sub}`}`;
    switch (call) {
      case "POST posts":
        return posts.create(request, twist);
      case "GET posts":
        return posts.list(request, twist);
      case "GET posts/*":
        return posts.get(request, key ?? "");
      case "POST socialActions/*/comments":
        return comments.create(request, key ?? "", twist);
      case "GET socialActions/*/comments":
        return comments.list(request, key ?? "", twist);
      case "POST images":
      case "POST videos":
      case "POST documents":
        return media.act(request, resource);
      case "GET images/*":
      case "GET videos/*":
      case "GET documents/*":
        return media.status(request, resource, key ?? "");
      case "GET organizationAcls":
        return organizations.acls(request);
      case "GET organizationsLookup":
        return organizations.lookup(request);
      case "GET organizations/*":
        return organizations.get(request, key ?? "");
      default:
        throw notFound(`No resource ${request.path}`);
    }
  }

  return {
    name: "LinkedIn (emulated)",
    operationOf,
    answer,
    accountOf: (request) => authorOf(state, request),
    post: (byHand) => (byHand.inReplyTo === null ? posts : comments).byHand(byHand),
    sizeName: "count",
    repeated: { code: "422" },
    bodies,
    control(request) {
      if (`${request.method} ${request.path}` !== "PUT /control/switches") return null;
      setSwitches(state.switches, jsonBody(request), ["grantOnly"]);
      return json({ switches: state.switches });
    },
    journal: () => journalOf(state, publicUrl()),
    expireTokens() {
      for (const grant of state.grants.all)
        grant.accessExpiresAt = Math.min(grant.accessExpiresAt, clock.now().getTime());
    },
    revokeTokens() {
      for (const grant of state.grants.all) grant.revoked = true;
    },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw notFound("The path is not well encoded");
  }
}

function operationOf(request: EmulatorRequest): Operation | null {
  const creates = request.method === "POST";
  if (/^\/rest\/(?:posts|socialActions\/[^/]+\/comments)$/.test(request.path))
    return creates ? "create" : "list";
  if (/^\/(?:rest\/(?:images|videos|documents)|dms-uploads)(?:\/|$)/.test(request.path)) return "media";
  if (request.path === "/oauth/v2/accessToken") return "token";
  return null;
}

function journalOf(state: LinkedInState, publicUrl: string): Visible[] {
  const posts = state.posts.all.map((post): Visible => ({
    id: post.urn,
    account: post.author,
    kind: "post",
    text: shownText(post.commentary),
    altTexts: altTextsOf(post),
    inReplyTo: null,
    url: `${publicUrl}/feed/update/${post.urn}`,
    createdAt: post.createdAt,
    ghost: post.ghost,
    ...(post.byHand ? { byHand: true } : {}),
    details: detailsOf(state, post),
  }));
  const comments = state.comments.all.map((comment): Visible => ({
    id: comment.urn,
    account: comment.actor,
    kind: "comment",
    text: comment.text,
    altTexts: [],
    inReplyTo: comment.object,
    url: `${publicUrl}/feed/update/${comment.object}?commentUrn=${encodeURIComponent(comment.urn)}`,
    createdAt: comment.createdAt,
    ghost: comment.ghost,
    ...(comment.byHand ? { byHand: true } : {}),
  }));
  return [...posts, ...comments].toSorted((left, right) => left.createdAt - right.createdAt);
}

function altTextsOf({ content }: Post): string[] {
  if (content === null) return [];
  if ("media" in content) return content.media.altText === undefined ? [] : [content.media.altText];
  return "multiImage" in content ? content.multiImage.images.map((image) => image.altText ?? "") : [];
}

/** The link's card, who may see it, and the hashes of the files that it shows. */
function detailsOf(state: LinkedInState, { content, visibility }: Post): Record<string, unknown> {
  const article = content !== null && "article" in content ? content.article : null;
  return {
    visibility,
    ...(article === null ? {} : { card: article }),
    title: content !== null && "media" in content ? (content.media.title ?? null) : null,
    files: mediaOf(content).flatMap((urn) => {
      const media = state.media.get(urn);
      return media ? [{ kind: media.kind, sha256: media.sha256 }] : [];
    }),
  };
}

function mediaOf(content: PostContent | null): string[] {
  if (content === null) return [];
  if ("media" in content) return [content.media.id];
  if ("multiImage" in content) return content.multiImage.images.map((image) => image.id);
  return content.article.thumbnail === undefined ? [] : [content.article.thumbnail];
}
