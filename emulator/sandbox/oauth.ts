import { createHash, randomUUID } from "node:crypto";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, page, redirect, Refusal } from "../http.ts";
import type { Call } from "../routes.ts";
import { consentPage, errorPage } from "./consent.page.ts";
import type { Grant, SandboxAccount, SandboxState } from "./state.ts";
import { newSecret, secretHash } from "./state.ts";

// OAuth 2 for public clients: authorization code with PKCE S256 (RFC 7636), rotating refresh tokens (RFC 9700).

const knownScopes = new Set(["posts.read", "posts.write", "media.write", "profile", "offline.access"]);
const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])$/;

type Asked = { clientId: string; redirectUri: string; state: string; challenge: string; scopes: string[] };

/** GET: the consent page, or with `prompt=none` the code at once. POST: the person's decision. */
export function authorize(state: SandboxState, { request }: Call): Answer {
  const form = request.method === "POST" ? formBody(request) : request.query;
  // Without a redirect URI that can be trusted, nothing may be sent there: the person is told.
  const target = trustedRedirect(state, form.get("redirect_uri") ?? "");
  if (target === null) {
    return page(
      errorPage(state.basePath, "The redirect address is not one that this sandbox sends people to."),
      400,
    );
  }
  const back = { target, state: form.get("state") ?? "" };
  if (form.get("response_type") !== "code") return refuse(back, "unsupported_response_type");
  const challenge = form.get("code_challenge") ?? "";
  if (form.get("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(challenge)) {
    return refuse(back, "invalid_request");
  }
  const scopes = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  if (scopes.length === 0 || scopes.some((scope) => !knownScopes.has(scope))) {
    return refuse(back, "invalid_scope");
  }
  const asked: Asked = {
    clientId: form.get("client_id") ?? "",
    redirectUri: target.href,
    state: back.state,
    challenge,
    scopes,
  };
  if (asked.clientId === "") return refuse(back, "unauthorized_client");
  const handle = (form.get("handle") ?? form.get("login_hint") ?? "newcomer").trim().replace(/^@/, "");
  if (request.method === "POST") {
    if (form.get("decision") !== "allow") return refuse(back, "access_denied");
    if (!/^\w{1,30}$/.test(handle)) return page(consentPage(state.basePath, asked, handle, true), 400);
    return grantCode(state, asked, handle);
  }
  if (form.get("prompt") === "none")
    return grantCode(state, asked, /^\w{1,30}$/.test(handle) ? handle : "newcomer");
  return page(consentPage(state.basePath, asked, handle, false));
}

function trustedRedirect(state: SandboxState, text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  return loopback.test(url.hostname) || state.redirectOrigins.includes(url.origin) ? url : null;
}

function grantCode(state: SandboxState, asked: Asked, handle: string): Answer {
  const account = accountFor(state, handle);
  const code = newSecret();
  state.record({
    type: "code",
    code: {
      hash: secretHash(code),
      accountId: account.id,
      clientId: asked.clientId,
      redirectUri: asked.redirectUri,
      challenge: asked.challenge,
      scopes: asked.scopes,
      expiresAt: state.now() + 60_000,
    },
  });
  return redirect(withQuery(new URL(asked.redirectUri), { code, state: asked.state }));
}

function accountFor(state: SandboxState, handle: string): SandboxAccount {
  const id = `account-${handle.toLowerCase()}`;
  const existing = state.accounts.get(id);
  if (existing) return existing;
  const name = handle.charAt(0).toUpperCase() + handle.slice(1).replaceAll("_", " ");
  const account = { id, handle: handle.toLowerCase(), name };
  state.record({ type: "account", account });
  return account;
}

/** `POST /oauth/token` */
export function token(state: SandboxState, { request }: Call): Answer {
  const form = formBody(request);
  const kind = form.get("grant_type");
  if (kind === "authorization_code") return exchange(state, form);
  if (kind === "refresh_token") return rotate(state, form);
  return json({ error: "unsupported_grant_type" }, 400);
}

function exchange(state: SandboxState, form: URLSearchParams): Answer {
  const hash = secretHash(form.get("code") ?? "");
  const code = state.codes.get(hash);
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  if (
    !code ||
    code.used ||
    code.expiresAt <= state.now() ||
    code.clientId !== form.get("client_id") ||
    code.redirectUri !== canonical(form.get("redirect_uri") ?? "") ||
    code.challenge !== challenge
  ) {
    return json({ error: "invalid_grant", error_description: "The code is wrong, used or expired." }, 400);
  }
  state.record({ type: "code_used", hash });
  return issue(state, { ...code, family: randomUUID() }, null);
}

function rotate(state: SandboxState, form: URLSearchParams): Answer {
  const hash = secretHash(form.get("refresh_token") ?? "");
  const spent = state.spentRefresh.get(hash);
  if (spent !== undefined) {
    // RFC 9700 section 4.14.2: somebody has a stolen token, and nobody can say who.
    state.record({ type: "revoked", family: spent });
    return json({ error: "invalid_grant", error_description: "This refresh token was used before." }, 400);
  }
  const grant = state.grantsByRefresh.get(hash);
  if (
    !grant ||
    state.revokedFamilies.has(grant.family) ||
    grant.refreshExpiresAt <= state.now() ||
    grant.clientId !== form.get("client_id")
  ) {
    return json({ error: "invalid_grant", error_description: "The refresh token is wrong or revoked." }, 400);
  }
  return issue(state, grant, hash);
}

function issue(
  state: SandboxState,
  from: Pick<Grant, "family" | "accountId" | "clientId" | "scopes">,
  replaces: string | null,
): Answer {
  const access = newSecret();
  const refresh = newSecret();
  const grant: Grant = {
    family: from.family,
    accountId: from.accountId,
    clientId: from.clientId,
    scopes: from.scopes,
    accessHash: secretHash(access),
    accessExpiresAt: state.now() + state.accessTokenSeconds * 1000,
    refreshHash: secretHash(refresh),
    refreshExpiresAt: state.now() + state.refreshTokenSeconds * 1000,
  };
  state.record({ type: "grant", grant, replaces });
  return json({
    token_type: "Bearer",
    access_token: access,
    refresh_token: refresh,
    expires_in: state.accessTokenSeconds,
    scope: from.scopes.join(" "),
  });
}

/** `POST /oauth/revoke` */
export function revoke(state: SandboxState, { request }: Call): Answer {
  const hash = secretHash(formBody(request).get("token") ?? "");
  const grant = state.grantsByRefresh.get(hash) ?? state.grantsByAccess.get(hash);
  if (grant) state.record({ type: "revoked", family: grant.family });
  // RFC 7009: an unknown token is no error.
  return json({});
}

/** The grant of the bearer token; a 401 as RFC 6750 says where there is none. */
export function authenticate(state: SandboxState, request: EmulatorRequest): Grant {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  const grant = bearer === undefined ? undefined : state.grantsByAccess.get(secretHash(bearer));
  if (!grant) throw unauthorized("invalid_token", "No such access token.");
  if (state.revokedFamilies.has(grant.family))
    throw unauthorized("token_revoked", "The account withdrew access.");
  if (grant.accessExpiresAt <= state.now())
    throw unauthorized("token_expired", "The access token has expired.");
  return grant;
}

/** The account of a grant; a 404 where there is none. */
export function accountOf(state: SandboxState, id: string): SandboxAccount {
  const found = state.accounts.get(id);
  if (!found) throw new Refusal(404, "no_account", "No such account.");
  return found;
}

function refuse(back: { target: URL; state: string }, error: string): Answer {
  return redirect(withQuery(back.target, { error, state: back.state }));
}

function unauthorized(code: string, message: string): Refusal {
  return new Refusal(401, code, message, { "www-authenticate": 'Bearer error="invalid_token"' });
}

function withQuery(url: URL, values: Record<string, string>): string {
  const target = new URL(url);
  for (const [key, value] of Object.entries(values)) target.searchParams.set(key, value);
  return target.href;
}

function canonical(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}
