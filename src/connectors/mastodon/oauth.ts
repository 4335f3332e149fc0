import { z } from "zod";
import type { JsonObject } from "#kit";
import { isSuccess, parseAnswer } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse, OAuthConnect } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { appName, mastodonFailure, platform, readCredentials } from "./api.ts";

// The scope `profile` came with 4.3 and older servers refuse to register it; `read:accounts` holds what it gives.
const scopes = ["read:accounts", "read:statuses", "write:statuses", "write:media"];

const registrationSchema = z.object({ server: z.string(), clientId: z.string(), clientSecret: z.string() });
const appSchema = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });
const tokenSchema = z.object({ access_token: z.string().min(1), scope: z.string() });

/** OAuth 2 with PKCE at a server that the person names, where Galley registers itself first. */
export const mastodonOAuth: OAuthConnect = {
  kind: "oauth",
  app: null,
  before: {
    fields: [
      {
        key: "server",
        label: "Server",
        kind: "text",
        choices: [],
        required: true,
        placeholder: "mastodon.social",
        help: "Where the account is: the part after the second @ of its name.",
      },
    ],
    async register(context, form, redirectUri) {
      const server = serverOf(form["server"] ?? "");
      const response = await post(context, `${server}/api/v1/apps`, {
        client_name: appName,
        redirect_uris: redirectUri,
        scopes: scopes.join(" "),
      });
      if (!isSuccess(response)) throw mastodonFailure(response);
      const app = parseAnswer(platform, response, appSchema);
      return { server, clientId: app.client_id, clientSecret: app.client_secret };
    },
  },
  scopes,
  optionalScopes: [],

  authorizeUrl(_settings, request) {
    const { server, clientId } = registrationOf(request.registration);
    const url = new URL("/oauth/authorize", server);
    url.search = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: request.redirectUri,
      scope: request.scopes.join(" "),
      state: request.state,
      code_challenge: request.codeChallenge,
      code_challenge_method: "S256",
    }).toString();
    return url.href;
  },

  async exchange(context, grant) {
    const { server, clientId, clientSecret } = registrationOf(grant.registration);
    const response = await post(context, `${server}/oauth/token`, {
      grant_type: "authorization_code",
      code: grant.code,
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uri: grant.redirectUri,
      code_verifier: grant.codeVerifier,
    });
    if (!isSuccess(response)) throw mastodonFailure(response);
    const token = parseAnswer(platform, response, tokenSchema);
    return {
      credentials: { server, clientId, clientSecret, accessToken: token.access_token },
      scopes: token.scope.split(" ").filter((scope) => scope !== ""),
      // Mastodon's access tokens stand until the person takes the access back.
      expiresAt: null,
      endsAt: null,
    };
  },

  accounts: null,
  refresh: null,

  async revoke(context) {
    const { server, clientId, clientSecret, accessToken } = readCredentials(context);
    const form = { client_id: clientId, client_secret: clientSecret, token: accessToken };
    const response = await post(context, `${server}/oauth/revoke`, form);
    if (!isSuccess(response)) throw mastodonFailure(response);
  },
};

/** "mastodon.social", "@ada@mastodon.social" or an address, as an origin. Plain HTTP only on this machine. */
function serverOf(input: string): string {
  const trimmed = input.trim();
  const named = /^@?[\w.-]+@([^@/\s]+)$/.exec(trimmed)?.[1] ?? trimmed;
  const url = URL.parse(/^https?:\/\//i.test(named) ? named : `https://${named}`);
  const isLocal = url?.hostname === "127.0.0.1" || url?.hostname === "localhost";
  const isServer = url !== null && (url.protocol === "https:" || isLocal) && url.username === "";
  if (isServer && (isLocal || url.hostname.includes("."))) return url.origin;
  throw new ConnectorFailure({
    verdict: "rejected",
    code: "mastodon.bad_server",
    message: "Name the server alone, like mastodon.social.",
  });
}

function registrationOf(registration: JsonObject): z.output<typeof registrationSchema> {
  return registrationSchema.parse(registration);
}

function post(
  context: ConnectorContext,
  url: string,
  form: Record<string, string>,
): Promise<ConnectorResponse> {
  return context.http.request({
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams(form).toString(),
  });
}
