import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, page, redirect } from "../http.ts";
import type { Call } from "../routes.ts";
import { consentPage, messagePage } from "./consent.page.ts";
import { accessDenied, expiredToken, invalidToken, revokedToken } from "./errors.ts";
import type { Code, Grant, LinkedInApp, LinkedInState, Member } from "./state.ts";
import { memberFor, newSecret } from "./state.ts";

// OAuth 2 as LinkedIn documents it: no PKCE, the secret in the form, 60-day tokens, no refresh by default.

const dayMs = 24 * 3600 * 1000;
const accessMs = 60 * dayMs;
const refreshMs = 365 * dayMs;
const codeMs = 30 * 60 * 1000;

/** The products and what they let an app ask for. */
const scopesOf: Record<LinkedInApp["product"], string[]> = {
  profile: ["openid", "profile", "email", "w_member_social"],
  page: [
    "r_basicprofile",
    "w_member_social",
    "w_organization_social",
    "r_organization_social",
    "rw_organization_admin",
    "r_organization_followers",
  ],
};

/** GET: the consent page. POST: the person's decision. */
export function authorization(state: LinkedInState, { request }: Call): Answer {
  const form = request.method === "POST" ? formBody(request) : request.query;
  const app = state.apps.find(({ clientId }) => clientId === form.get("client_id"));
  const redirectUri = form.get("redirect_uri") ?? "";
  if (!app) return page(messagePage("The passed in client_id is invalid."), 400);
  if (!registered(app, redirectUri)) {
    return page(messagePage("The redirect_uri does not match the registered value."), 400);
  }
  const back = { redirectUri, state: form.get("state") };
  if (form.get("response_type") !== "code")
    return refuse(back, "unsupported_response_type", "response_type is code");
  const scopes = (form.get("scope") ?? "").split(/[ ,]+/).filter((scope) => scope !== "");
  const { lacks } = state.switches;
  const foreign = scopes.find((scope) => !scopesOf[app.product].includes(scope) || lacks.includes(scope));
  if (foreign !== undefined || scopes.length === 0) {
    const message = `Scope "${foreign ?? ""}" is not authorized for your application`;
    return refuse(back, "unauthorized_scope_error", message);
  }
  if (request.method !== "POST") return page(consentPage(app, form, scopes));
  if (form.get("decision") !== "allow") {
    return refuse(back, "user_cancelled_authorize", "The user cancelled the authorization");
  }
  const handle = (form.get("handle") ?? "").trim().toLowerCase();
  if (!/^\w{1,30}$/.test(handle)) return page(consentPage(app, form, scopes), 400);
  const code = newSecret();
  state.codes.set(code, {
    code,
    memberId: memberFor(state, handle).id,
    clientId: app.clientId,
    redirectUri,
    scopes,
    expiresAt: state.now() + codeMs,
    used: false,
  });
  return redirect(withQuery(redirectUri, { code, ...(back.state === null ? {} : { state: back.state }) }));
}

/** `POST /oauth/v2/accessToken` */
export function accessToken(state: LinkedInState, { request }: Call): Answer {
  const form = formBody(request);
  const app = appOf(state, form);
  if (!app) return oauthError(401, "invalid_client", "Client authentication failed");
  const kind = form.get("grant_type");
  if (kind === "authorization_code") return exchange(state, app, form);
  if (kind === "refresh_token") return renew(state, app, form);
  return oauthError(400, "unsupported_grant_type", "The grant type is not supported");
}

function appOf(state: LinkedInState, form: URLSearchParams): LinkedInApp | undefined {
  return state.apps.find(
    ({ clientId, clientSecret }) =>
      clientId === form.get("client_id") && clientSecret === form.get("client_secret"),
  );
}

function exchange(state: LinkedInState, app: LinkedInApp, form: URLSearchParams): Answer {
  const code = state.codes.get(form.get("code") ?? "");
  if (!code || code.used || code.expiresAt <= state.now() || !isFor(code, app, form)) {
    const message =
      "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists";
    return oauthError(400, "invalid_request", message);
  }
  code.used = true;
  const { grantOnly, refreshTokens } = state.switches;
  const scopes = grantOnly === null ? code.scopes : code.scopes.filter((scope) => grantOnly.includes(scope));
  const grant: Grant = {
    memberId: code.memberId,
    clientId: app.clientId,
    product: app.product,
    scopes,
    access: newSecret(),
    accessExpiresAt: state.now() + accessMs,
    refresh: refreshTokens ? newSecret() : null,
    refreshExpiresAt: state.now() + refreshMs,
    revoked: false,
  };
  state.grants.add(grant);
  return tokenAnswer(state, grant);
}

function isFor(code: Code, app: LinkedInApp, form: URLSearchParams): boolean {
  return code.clientId === app.clientId && code.redirectUri === form.get("redirect_uri");
}

/** The refresh token stays the same and its end does not move. */
function renew(state: LinkedInState, app: LinkedInApp, form: URLSearchParams): Answer {
  const wanted = form.get("refresh_token");
  const grant = state.grants
    .of(wanted ?? "")
    .find(({ refresh, clientId }) => refresh === wanted && clientId === app.clientId);
  if (!grant || grant.revoked || grant.refreshExpiresAt <= state.now()) {
    return oauthError(
      400,
      "invalid_grant",
      "The provided authorization grant or refresh token is invalid, expired or revoked.",
    );
  }
  const renewed: Grant = { ...grant, access: newSecret(), accessExpiresAt: state.now() + accessMs };
  state.grants.add(renewed);
  return tokenAnswer(state, renewed);
}

function tokenAnswer(state: LinkedInState, grant: Grant): Answer {
  return json({
    access_token: grant.access,
    expires_in: Math.floor((grant.accessExpiresAt - state.now()) / 1000),
    ...(grant.refresh === null
      ? {}
      : {
          refresh_token: grant.refresh,
          refresh_token_expires_in: Math.floor((grant.refreshExpiresAt - state.now()) / 1000),
        }),
    scope: grant.scopes.join(","),
    token_type: "Bearer",
  });
}

/** `POST /oauth/v2/revoke` */
export function revoke(state: LinkedInState, { request }: Call): Answer {
  const form = formBody(request);
  if (!appOf(state, form)) return oauthError(401, "invalid_client", "Client authentication failed");
  const token = form.get("token");
  for (const grant of state.grants.of(token ?? "")) grant.revoked = true;
  return json({});
}

/** `POST /oauth/v2/introspectToken` */
export function introspect(state: LinkedInState, { request }: Call): Answer {
  const form = formBody(request);
  if (!appOf(state, form)) return oauthError(401, "invalid_client", "Client authentication failed");
  const grant = state.grants.get(form.get("token") ?? "");
  if (!grant) return json({ active: false });
  const status = grant.revoked ? "revoked" : grant.accessExpiresAt <= state.now() ? "expired" : "active";
  return json({
    active: status === "active",
    client_id: grant.clientId,
    status,
    expires_at: Math.floor(grant.accessExpiresAt / 1000),
    scope: grant.scopes.join(","),
    auth_type: "3L",
  });
}

/** The grant of the bearer token, if it holds one of the scopes; a 401 or 403 as LinkedIn says otherwise. */
export function authenticate(
  state: LinkedInState,
  request: EmulatorRequest,
  { resource, scopes }: { resource: string; scopes: string[] },
): Grant & { member: Member } {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  const grant = state.grants.get(bearer ?? "");
  if (!grant) throw invalidToken();
  if (grant.revoked) throw revokedToken();
  if (grant.accessExpiresAt <= state.now()) throw expiredToken();
  if (!scopes.some((scope) => grant.scopes.includes(scope))) throw accessDenied(resource);
  const member = state.members.get(grant.memberId);
  if (!member) throw invalidToken();
  return { ...grant, member };
}

const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])$/;

function registered(app: LinkedInApp, redirectUri: string): boolean {
  const url = URL.parse(redirectUri);
  if (url === null) return false;
  return app.redirectUris === null ? loopback.test(url.hostname) : app.redirectUris.includes(redirectUri);
}

function refuse(
  back: { redirectUri: string; state: string | null },
  error: string,
  description: string,
): Answer {
  return redirect(
    withQuery(back.redirectUri, {
      error,
      error_description: description,
      ...(back.state === null ? {} : { state: back.state }),
    }),
  );
}

function withQuery(address: string, values: Record<string, string>): string {
  const url = new URL(address);
  for (const [key, value] of Object.entries(values)) url.searchParams.set(key, value);
  return url.href;
}

function oauthError(status: number, error: string, description: string): Answer {
  return json({ error, error_description: description }, status);
}
