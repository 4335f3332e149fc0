import { createHash, randomBytes } from "node:crypto";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, page, redirect } from "../http.ts";
import { consentPage, plainPage } from "./consent.page.ts";
import { GraphRefusal } from "./errors.ts";
import type { Consent, MetaState, Token } from "./state.ts";
import { secretHash } from "./state.ts";

// Facebook Login: https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow

const shortLivedMs = 90 * 60_000;
const longLivedMs = 60 * 24 * 3_600_000;
const dataAccessMs = 90 * 24 * 3_600_000;
const codeMs = 600_000;

/** GET shows the dialog; POST is the person's decision: `decision`, `pages`, `declined`. */
export function dialog(state: MetaState, request: EmulatorRequest): Answer {
  const form = request.method === "POST" ? formBody(request) : request.query;
  if (form.get("client_id") !== state.app.id) {
    return page(plainPage("Invalid App ID", "The provided app ID does not look like a valid app ID."), 400);
  }
  const back = URL.parse(form.get("redirect_uri") ?? "");
  if (!back || !isRegistered(state, back)) {
    const words =
      "This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings.";
    return page(plainPage("URL blocked", words), 400);
  }
  const scopes = (form.get("scope") ?? "").split(/[ ,]+/).filter((scope) => scope !== "");
  if (request.method !== "POST") return page(consentPage(state, form, scopes));
  const answer = new Map([["state", form.get("state") ?? ""]]);
  if (form.get("decision") !== "allow") {
    answer.set("error", "access_denied");
    answer.set("error_code", "200");
    answer.set("error_description", "Permissions error");
    answer.set("error_reason", "user_denied");
    return redirect(withQuery(back, answer));
  }
  answer.set("code", newCode(state, form, scopes));
  return redirect(`${withQuery(back, answer)}#_=_`);
}

function isRegistered(state: MetaState, back: URL): boolean {
  const { redirectUris } = state.app;
  const loopback = back.hostname === "127.0.0.1" || back.hostname === "localhost";
  return redirectUris.length === 0 ? loopback : redirectUris.includes(back.href);
}

function newCode(state: MetaState, form: URLSearchParams, scopes: string[]): string {
  const declined = new Set(form.getAll("declined"));
  const chosen = form.getAll("pages");
  const all = state.pages.map(({ id }) => id);
  const consent: Consent = {
    id: randomBytes(8).toString("hex"),
    userId: state.user.id,
    granted: new Set(["public_profile", ...scopes.filter((scope) => !declined.has(scope))]),
    declined,
    pages: new Set(chosen.length === 0 ? all : chosen),
    revoked: false,
    dataAccessExpiresAt: state.now() + dataAccessMs,
  };
  state.consents.push(consent);
  const code = randomBytes(48).toString("base64url");
  state.codes.set(secretHash(code), {
    consent,
    redirectUri: form.get("redirect_uri") ?? "",
    challenge: form.get("code_challenge"),
    expiresAt: state.now() + codeMs,
    used: false,
  });
  return code;
}

/** `/oauth/access_token`: a code, `fb_exchange_token`, or `client_credentials`. */
export function accessToken(state: MetaState, params: Map<string, string>): Answer {
  checkApp(state, params);
  const grantType = params.get("grant_type");
  if (grantType === "fb_exchange_token") return extend(state, params);
  if (grantType === "client_credentials") {
    return json({ access_token: `${state.app.id}|${state.app.secret}`, token_type: "bearer" });
  }
  const code = state.codes.get(secretHash(params.get("code") ?? ""));
  if (!code) throw badCode(undefined, "Invalid verification code format.");
  if (code.used) throw badCode(36009, "This authorization code has been used.");
  if (code.expiresAt <= state.now()) throw badCode(36007, "This authorization code has expired.");
  if (code.redirectUri !== params.get("redirect_uri")) {
    throw badCode(
      36008,
      "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
    );
  }
  const verifier = params.get("code_verifier") ?? "";
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  if (code.challenge !== null && challenge !== code.challenge) {
    throw badCode(undefined, "Code verifier does not match the code challenge supplied in the dialog.");
  }
  code.used = true;
  return issued(state, code.consent, shortLivedMs);
}

function extend(state: MetaState, params: Map<string, string>): Answer {
  const token = state.tokens.get(secretHash(params.get("fb_exchange_token") ?? ""));
  if (!token || token.kind !== "USER" || token.consent.revoked || hasEnded(state, token)) {
    throw new GraphRefusal({
      status: 400,
      code: 190,
      message: "Error validating access token: the token cannot be exchanged.",
    });
  }
  return issued(state, token.consent, longLivedMs);
}

function hasEnded(state: MetaState, token: Token): boolean {
  return token.expiresAt !== 0 && token.expiresAt <= state.now();
}

function checkApp(state: MetaState, params: Map<string, string>): void {
  if (params.get("client_id") !== state.app.id) {
    throw new GraphRefusal({
      status: 400,
      code: 101,
      message: "Error validating application. Cannot get application info due to a system error.",
    });
  }
  // The real one answers with code 1 here, which otherwise means that nobody knows.
  if (params.get("client_secret") !== state.app.secret) {
    throw new GraphRefusal({ status: 400, code: 1, message: "Error validating client secret." });
  }
}

function issued(state: MetaState, consent: Consent, lifeMs: number): Answer {
  const access_token = state.issue({
    kind: "USER",
    consent,
    pageId: null,
    issuedAt: state.now(),
    expiresAt: state.now() + lifeMs,
  });
  return json({ access_token, token_type: "bearer", expires_in: Math.floor(lifeMs / 1000) });
}

function badCode(subcode: number | undefined, message: string): GraphRefusal {
  return new GraphRefusal({ status: 400, code: 100, ...(subcode === undefined ? {} : { subcode }), message });
}

function withQuery(url: URL, values: Map<string, string>): string {
  const target = new URL(url);
  for (const [key, value] of values) target.searchParams.set(key, value);
  return target.href;
}
