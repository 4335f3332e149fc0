import type { Operation, Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { Platform, PlatformOptions } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { createRouter } from "../routes.ts";
import type { ByHand, PlatformRules } from "../rules.ts";
import { setSwitches } from "../switches.ts";
import * as comments from "./comments.ts";
import { bodies, notFound } from "./errors.ts";
import { journalOf } from "./journal.ts";
import * as media from "./media.ts";
import * as oauth from "./oauth.ts";
import { userinfo } from "./organizations.ts";
import * as posts from "./posts.ts";
import { rest } from "./rest.ts";
import type { LinkedInApp, LinkedInState, Organization } from "./state.ts";
import { createState } from "./state.ts";
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
export function startLinkedIn(options: LinkedInOptions): Promise<Platform> {
  const { apps = linkedInApps, organizations = someOrganizations } = options;
  return startPlatform((deps) => rulesOf(createState(deps, { apps, organizations })), options);
}

/** All but what is below `/rest/`, and the addresses of uploads. */
const open = createRouter<LinkedInState>({
  "GET /oauth/v2/authorization": oauth.authorization,
  "POST /oauth/v2/authorization": oauth.authorization,
  "POST /oauth/v2/accessToken": oauth.accessToken,
  "POST /oauth/v2/revoke": oauth.revoke,
  "POST /oauth/v2/introspectToken": oauth.introspect,
  "GET /v2/userinfo": userinfo,
});

function rulesOf(state: LinkedInState): PlatformRules {
  return {
    name: "LinkedIn (emulated)",
    operationOf,
    answer: (request, twist) => answer(state, request, twist),
    accountOf: (request) => authorOf(state, request),
    post: (byHand) => postByHand(state, byHand),
    sizeName: "count",
    repeated: { code: "422" },
    bodies,
    control(request) {
      if (`${request.method} ${request.path}` !== "PUT /control/switches") return null;
      setSwitches(state.switches, jsonBody(request), ["grantOnly"]);
      return json({ switches: state.switches });
    },
    journal: () => journalOf(state),
    expireTokens() {
      for (const grant of state.grants.all)
        grant.accessExpiresAt = Math.min(grant.accessExpiresAt, state.now());
    },
    revokeTokens() {
      for (const grant of state.grants.all) grant.revoked = true;
    },
  };
}

function postByHand(state: LinkedInState, byHand: ByHand): void {
  if (byHand.inReplyTo === null) posts.byHand(state, byHand);
  else comments.byHand(state, byHand);
}

function answer(state: LinkedInState, request: EmulatorRequest, twist: Twist): Answer {
  if (request.path.startsWith("/rest/")) return rest(state, request, twist);
  const [, token, part] = /^\/dms-uploads\/([\w-]+)\/(\d{1,5})$/.exec(request.path) ?? [];
  if (request.method === "PUT" && token !== undefined) {
    return media.upload(state, request, { token, part: Number(part) });
  }
  const answered = open(state, request, twist);
  if (answered === null) throw notFound("Nothing is here");
  return answered;
}

function operationOf(request: EmulatorRequest): Operation | null {
  const creates = request.method === "POST";
  if (/^\/rest\/(?:posts|socialActions\/[^/]+\/comments)$/.test(request.path))
    return creates ? "create" : "list";
  if (/^\/(?:rest\/(?:images|videos|documents)|dms-uploads)(?:\/|$)/.test(request.path)) return "media";
  if (request.path === "/oauth/v2/accessToken") return "token";
  return null;
}
