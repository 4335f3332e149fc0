import { createHash, randomUUID } from "node:crypto";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, page, redirect } from "../http.ts";
import type { Call } from "../routes.ts";
import { consentPage, errorPage } from "./consent.page.ts";
import { refuse } from "./errors.ts";
import type { Grant, XState } from "./state.ts";
import { accountFor, newSecret, secretHash } from "./state.ts";

// OAuth 2 as https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token describes it.

const knownScopes = new Set([
  "tweet.read",
  "tweet.write",
  "users.read",
  "media.write",
  "offline.access",
  "follows.read",
  "like.read",
]);

/** GET shows the page, POST is the person's decision. */
export function authorize(state: XState, { request }: Call): Answer {
  const form = request.method === "POST" ? formBody(request) : request.query;
  const target = URL.parse(form.get("redirect_uri") ?? "");
  if (target === null || form.get("client_id") !== state.app.clientId) {
    return page(errorPage("You weren’t able to give access to the App. Go back and try again."), 400);
  }
  const back = (values: Record<string, string>) => {
    for (const [key, value] of Object.entries({ ...values, state: form.get("state") ?? "" })) {
      target.searchParams.set(key, value);
    }
    return redirect(target.href);
  };
  const scopes = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  const challenge = form.get("code_challenge") ?? "";
  if (form.get("response_type") !== "code") return back({ error: "unsupported_response_type" });
  if (form.get("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(challenge)) {
    return back({ error: "invalid_request" });
  }
  if (scopes.length === 0 || scopes.some((scope) => !knownScopes.has(scope))) {
    return back({ error: "invalid_scope" });
  }
  const username = (form.get("username") ?? "newcomer").trim().replace(/^@/, "");
  if (request.method !== "POST") {
    const asked = {
      clientId: state.app.clientId,
      redirectUri: form.get("redirect_uri") ?? "",
      state: form.get("state") ?? "",
      challenge,
      scopes,
    };
    return page(consentPage(asked, username));
  }
  if (form.get("decision") !== "allow" || !/^\w{1,15}$/.test(username))
    return back({ error: "access_denied" });
  const withheld = new Set([
    ...state.switches.withheldScopes,
    ...(form.get("withheld") ?? "").split(/[\s,]+/),
  ]);
  const code = newSecret();
  state.codes.set(secretHash(code), {
    accountId: accountFor(state, username).id,
    clientId: state.app.clientId,
    redirectUri: form.get("redirect_uri") ?? "",
    challenge,
    scopes: scopes.filter((scope) => !withheld.has(scope)),
    // X gives an authorization code 30 seconds.
    expiresAt: state.now() + 30_000,
  });
  return back({ code });
}

/** `POST /2/oauth2/token` */
export function token(state: XState, { request }: Call): Answer {
  const wrongClient = refusedClient(state, request);
  if (wrongClient !== null) return wrongClient;
  const form = formBody(request);
  switch (form.get("grant_type") ?? "") {
    case "authorization_code":
      return exchange(state, form);
    case "refresh_token":
      return rotate(state, form);
    default:
      return oauthError("unsupported_grant_type", "Value passed for the grant type was invalid.");
  }
}

/** A confidential client shows its secret by HTTP Basic. */
function refusedClient(state: XState, request: EmulatorRequest): Answer | null {
  const basic = /^Basic ([\w+/=]+)$/.exec(request.headers.authorization ?? "")?.[1];
  const wanted = `${encodeURIComponent(state.app.clientId)}:${encodeURIComponent(state.app.clientSecret)}`;
  if (basic !== undefined && Buffer.from(basic, "base64").toString("utf8") === wanted) return null;
  return oauthError("unauthorized_client", "Missing valid authorization header", 401);
}

function exchange(state: XState, form: URLSearchParams): Answer {
  const hash = secretHash(form.get("code") ?? "");
  const code = state.codes.get(hash);
  state.codes.delete(hash);
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  if (!code || code.expiresAt <= state.now()) {
    return oauthError("invalid_request", "Value passed for the authorization code was invalid.");
  }
  if (code.redirectUri !== form.get("redirect_uri")) {
    return oauthError(
      "invalid_request",
      "Value passed for the redirect uri did not match the uri of the authorization code.",
    );
  }
  if (code.challenge !== challenge) {
    return oauthError(
      "invalid_request",
      "Value passed for the code verifier did not match the code challenge.",
    );
  }
  return issue(state, {
    family: randomUUID(),
    accountId: code.accountId,
    clientId: code.clientId,
    scopes: code.scopes,
  });
}

function rotate(state: XState, form: URLSearchParams): Answer {
  const hash = secretHash(form.get("refresh_token") ?? "");
  const spent = state.spentRefresh.get(hash);
  // A second use revokes everything that came of the consent (RFC 9700 section 4.14.2).
  if (spent !== undefined) state.revokedFamilies.add(spent);
  const grant = state.byRefresh.get(hash);
  if (!grant || spent !== undefined || state.revokedFamilies.has(grant.family)) {
    return oauthError("invalid_request", "Value passed for the token was invalid.");
  }
  state.byRefresh.delete(hash);
  state.spentRefresh.set(hash, grant.family);
  state.byAccess.delete(grant.accessHash);
  return issue(state, grant);
}

function issue(state: XState, from: Pick<Grant, "family" | "accountId" | "clientId" | "scopes">): Answer {
  const access = newSecret();
  const refresh = from.scopes.includes("offline.access") ? newSecret() : null;
  const seconds = state.switches.accessTokenSeconds;
  const grant: Grant = {
    family: from.family,
    accountId: from.accountId,
    clientId: from.clientId,
    scopes: from.scopes,
    accessHash: secretHash(access),
    accessExpiresAt: state.now() + seconds * 1000,
    refreshHash: refresh === null ? null : secretHash(refresh),
  };
  state.byAccess.set(grant.accessHash, grant);
  if (refresh !== null) state.byRefresh.set(secretHash(refresh), grant);
  state.exchanges += 1;
  return json({
    token_type: "bearer",
    expires_in: seconds,
    access_token: access,
    scope: from.scopes.join(" "),
    ...(refresh === null ? {} : { refresh_token: refresh }),
  });
}

/** `POST /2/oauth2/revoke` */
export function revoke(state: XState, { request }: Call): Answer {
  const wrongClient = refusedClient(state, request);
  if (wrongClient !== null) return wrongClient;
  const hash = secretHash(formBody(request).get("token") ?? "");
  const grant = state.byRefresh.get(hash) ?? state.byAccess.get(hash);
  if (grant) state.revokedFamilies.add(grant.family);
  return json({ revoked: true });
}

/** The grant behind the bearer token, if it has the scopes. X says no more than "Unauthorized" to any other. */
export function authenticate(state: XState, request: EmulatorRequest, ...scopes: string[]): Grant {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  const grant = bearer === undefined ? undefined : state.byAccess.get(secretHash(bearer));
  if (!grant || state.revokedFamilies.has(grant.family) || grant.accessExpiresAt <= state.now()) {
    throw refuse("unauthorized");
  }
  const missing = scopes.filter((scope) => !grant.scopes.includes(scope));
  if (missing.length > 0) throw refuse("forbidden");
  return grant;
}

/** The account behind a request's token, whatever it may; undefined where there is none. */
export function accountOf(state: XState, { headers }: EmulatorRequest): string | undefined {
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  return state.byAccess.get(secretHash(bearer))?.accountId;
}

function oauthError(error: string, description: string, status = 400): Answer {
  return json({ error, error_description: description }, status);
}
