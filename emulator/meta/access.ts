import type { PlatformClock } from "../clock.ts";
import type { EmulatorRequest } from "../http.ts";
import type { GraphParams } from "./params.ts";
import { badToken, GraphRefusal, missingPermission, noSuchObject } from "./errors.ts";
import type { MetaPage, MetaState, Token } from "./state.ts";
import { proofOf, secretHash } from "./state.ts";

/** Who asks, and what they may. */
export type Access = {
  /** The token of a request; throws code 190 with the subcode that says why not. */
  authenticate(request: EmulatorRequest, params: GraphParams): Token;
  /** A page token for this Page, with this permission. */
  asPage(token: Token, pageId: string, permission: string, method: string): MetaPage;
  /** The Page behind an Instagram account, with this permission. */
  asInstagram(token: Token, accountId: string, permission: string, method: string): MetaPage;
  isApp(request: EmulatorRequest, params: GraphParams): boolean;
};

export function createAccess(state: MetaState, clock: PlatformClock): Access {
  const now = (): number => clock.now().getTime();

  function authenticate(request: EmulatorRequest, params: GraphParams): Token {
    const secret = secretOf(request, params);
    if (secret === "") {
      throw new GraphRefusal({
        status: 400,
        code: 2500,
        message: "An active access token must be used to query information about the current user.",
      });
    }
    const token = state.tokens.get(secretHash(secret));
    if (!token) {
      throw new GraphRefusal({
        status: 400,
        code: 190,
        message: "Invalid OAuth access token - Cannot parse access token",
      });
    }
    const proof = params.values.get("appsecret_proof");
    if (proof === undefined && state.app.demandsProof) {
      throw new GraphRefusal({
        status: 400,
        code: 100,
        type: "GraphMethodException",
        message: "API calls from the server require an appsecret_proof argument",
      });
    }
    if (proof !== undefined && proof !== proofOf(secret, state.app.secret)) {
      throw new GraphRefusal({
        status: 400,
        code: 100,
        type: "GraphMethodException",
        message: "Invalid appsecret_proof provided in the API argument",
      });
    }
    if (token.consent.revoked) {
      throw badToken(458, `The user has not authorized application ${state.app.id}.`);
    }
    if (token.expiresAt !== 0 && token.expiresAt <= now()) {
      throw badToken(463, `Session has expired on ${new Date(token.expiresAt).toISOString()}.`);
    }
    if (token.consent.dataAccessExpiresAt <= now()) {
      throw badToken(463, "The user's data access has expired; they must log in again.");
    }
    return token;
  }

  function asPage(token: Token, pageId: string, permission: string, method: string): MetaPage {
    const page = state.pages.find(({ id }) => id === pageId);
    if (!page || token.pageId !== pageId) throw noSuchObject(pageId, method);
    if (!token.consent.granted.has(permission)) throw missingPermission(200, permission);
    return page;
  }

  function asInstagram(token: Token, accountId: string, permission: string, method: string): MetaPage {
    const page = state.pages.find(({ instagram }) => instagram?.id === accountId);
    if (!page || !token.consent.pages.has(page.id) || (token.pageId !== null && token.pageId !== page.id)) {
      throw noSuchObject(accountId, method);
    }
    if (!token.consent.granted.has(permission)) throw missingPermission(10, permission);
    return page;
  }

  return {
    authenticate,
    asPage,
    asInstagram,
    isApp: (request, params) => secretOf(request, params) === `${state.app.id}|${state.app.secret}`,
  };
}

function secretOf(request: EmulatorRequest, params: GraphParams): string {
  const bearer = /^(?:Bearer|OAuth) (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  return bearer ?? params.values.get("access_token") ?? "";
}
