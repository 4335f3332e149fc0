import type { EmulatorRequest } from "../http.ts";
import type { GraphCall } from "./call.ts";
import { badToken, GraphRefusal, missingPermission, noSuchObject } from "./errors.ts";
import type { GraphParams } from "./params.ts";
import type { MetaPage, MetaState, Token } from "./state.ts";
import { proofOf, secretHash } from "./state.ts";

/** The token of a request; throws code 190 with the subcode that says why not. */
export function authenticate(state: MetaState, request: EmulatorRequest, params: GraphParams): Token {
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
  if (token.expiresAt !== 0 && token.expiresAt <= state.now()) {
    throw badToken(463, `Session has expired on ${new Date(token.expiresAt).toISOString()}.`);
  }
  if (token.consent.dataAccessExpiresAt <= state.now()) {
    throw badToken(463, "The user's data access has expired; they must log in again.");
  }
  return token;
}

/** What a call asks for: an account, and what may be done with it. */
type Wanted = { account: string; permission: string };

/** The Page, by a token of its own that has this permission. */
export function asPage(
  state: MetaState,
  { token, request }: GraphCall,
  { account, permission }: Wanted,
): MetaPage {
  const page = state.pages.find(({ id }) => id === account);
  if (!page || token.pageId !== account) throw noSuchObject(account, request.method);
  if (!token.consent.granted.has(permission)) throw missingPermission(200, permission);
  return page;
}

/** The Page behind an Instagram account, by a token that has this permission. */
export function asInstagram(
  state: MetaState,
  { token, request }: GraphCall,
  { account, permission }: Wanted,
): MetaPage {
  const page = state.pages.find(({ instagram }) => instagram?.id === account);
  if (!page || !token.consent.pages.has(page.id) || (token.pageId !== null && token.pageId !== page.id)) {
    throw noSuchObject(account, request.method);
  }
  if (!token.consent.granted.has(permission)) throw missingPermission(10, permission);
  return page;
}

/** Whether the app itself asks, by its own token. */
export function isApp({ app }: MetaState, request: EmulatorRequest, params: GraphParams): boolean {
  return secretOf(request, params) === `${app.id}|${app.secret}`;
}

function secretOf(request: EmulatorRequest, params: GraphParams): string {
  const bearer = /^(?:Bearer|OAuth) (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  return bearer ?? params.values.get("access_token") ?? "";
}
