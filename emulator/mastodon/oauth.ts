import { createHash, randomBytes } from "node:crypto";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, page, redirect, Refusal } from "../http.ts";
import { html, layout } from "../page.ts";
import type { Call } from "../routes.ts";
import type { Account, Grant, MastodonState } from "./state.ts";

// Apps that register themselves, and OAuth 2 with PKCE: https://docs.joinmastodon.org/methods/oauth/

const knownScopes = /^(?:read|write|profile|follow|push)(?::[a-z]+)?$/;

/** `POST /api/v1/apps` */
export function register(state: MastodonState, { request }: Call): Answer {
  const form = formBody(request);
  const scopes = (form.get("scopes") ?? "read").split(" ");
  const redirectUri = form.get("redirect_uris") ?? "";
  if ((form.get("client_name") ?? "") === "" || !URL.canParse(redirectUri)) {
    throw new Refusal(422, "invalid", "Validation failed: Redirect URI must be an absolute URI.");
  }
  if (scopes.some((scope) => !knownScopes.test(scope))) {
    throw new Refusal(422, "invalid", "Validation failed: Scopes doesn't match configured on the server.");
  }
  const app = {
    name: form.get("client_name") ?? "",
    clientId: secret(),
    clientSecret: secret(),
    redirectUri,
    scopes,
  };
  state.apps.set(app.clientId, app);
  return json({
    id: "1",
    name: form.get("client_name"),
    client_id: app.clientId,
    client_secret: app.clientSecret,
  });
}

/** `GET /oauth/authorize` shows the page, POST is the person's decision. */
export function authorize(state: MastodonState, { request }: Call): Answer {
  const form = request.method === "POST" ? formBody(request) : request.query;
  const app = state.apps.get(form.get("client_id") ?? "");
  const scopes = (form.get("scope") ?? "read").split(" ");
  if (!app || app.redirectUri !== form.get("redirect_uri"))
    throw new Refusal(400, "invalid_client", "Unknown app.");
  if (scopes.some((scope) => !app.scopes.includes(scope)))
    throw new Refusal(400, "invalid_scope", "Unknown scope.");
  if (request.method !== "POST") return page(consentPage(form, scopes));
  const back = new URL(app.redirectUri);
  back.searchParams.set("state", form.get("state") ?? "");
  const username = form.get("username") ?? "newcomer";
  if (form.get("decision") !== "allow" || !/^\w{1,30}$/.test(username)) {
    back.searchParams.set("error", "access_denied");
    return redirect(back.href);
  }
  const code = secret();
  const challenge = form.get("code_challenge") ?? "";
  state.codes.set(code, {
    app,
    accountId: accountFor(state, username).id,
    scopes,
    challenge,
    expiresAt: state.now() + 600_000,
  });
  back.searchParams.set("code", code);
  return redirect(back.href);
}

function accountFor(state: MastodonState, username: string): Account {
  const known = [...state.accounts.values()].find((account) => account.username === username);
  const account = known ?? { id: state.newId(state.now()), username };
  state.accounts.set(account.id, account);
  return account;
}

/** `POST /oauth/token` */
export function token(state: MastodonState, { request }: Call): Answer {
  const form = formBody(request);
  const code = state.codes.get(form.get("code") ?? "");
  state.codes.delete(form.get("code") ?? "");
  const verifier = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  const isApp =
    code?.app.clientId === form.get("client_id") && code?.app.clientSecret === form.get("client_secret");
  if (!code || !isApp || code.challenge !== verifier || code.expiresAt < state.now()) {
    return json(
      { error: "invalid_grant", error_description: "The provided authorization grant is invalid." },
      400,
    );
  }
  const accessToken = secret();
  state.grants.set(accessToken, { accountId: code.accountId, scopes: code.scopes, appName: code.app.name });
  return json({
    access_token: accessToken,
    token_type: "Bearer",
    scope: code.scopes.join(" "),
    created_at: state.now(),
  });
}

/** `POST /oauth/revoke` */
export function revoke(state: MastodonState, { request }: Call): Answer {
  state.grants.delete(formBody(request).get("token") ?? "");
  return json({});
}

/** `GET /api/v1/accounts/verify_credentials` */
export function verifyCredentials(state: MastodonState, { request }: Call): Answer {
  const account = state.accounts.get(signedIn(state, request, "read:accounts").accountId);
  const username = account?.username ?? "";
  return json({ id: account?.id, username, display_name: "", url: `${state.publicUrl()}/@${username}` });
}

/** The user name behind a request's token, whatever it may; null where there is none. */
export function usernameOf(state: MastodonState, { headers }: EmulatorRequest): string | null {
  const grant = state.grants.get(/^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "");
  return state.accounts.get(grant?.accountId ?? "")?.username ?? null;
}

/** The grant behind a request's token, if it has the scope; a 401 or 403 as Mastodon says otherwise. */
export function signedIn(state: MastodonState, request: EmulatorRequest, scope: string): Grant {
  const grant = state.grants.get(/^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "");
  if (!grant) throw new Refusal(401, "unauthorized", "The access token is invalid");
  if (grant.scopes.includes(scope) || grant.scopes.includes(scope.split(":")[0] ?? "")) return grant;
  throw new Refusal(403, "forbidden", "This action is outside the authorized scopes");
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

function consentPage(form: URLSearchParams, scopes: string[]): string {
  const hidden = [...form].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const body = html`<div class="card">
    <h1>Authorization required</h1>
    <ul>
      ${scopes.map((scope) => html`<li>${scope}</li>`)}
    </ul>
    <form method="post" action="/oauth/authorize">
      ${hidden}
      <label for="username">Account</label>
      <input id="username" name="username" value="newcomer" autocomplete="off" autocapitalize="none" />
      <div class="row"><button name="decision" value="allow">Authorize</button></div>
    </form>
  </div>`;
  return layout({ title: "Authorize an app", brand: "Mastodon emulator", home: "/", nav: [], body });
}
