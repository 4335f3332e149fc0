import { z } from "zod";
import { failureOf, isSuccess, parseAnswer, refusalOf } from "../answers.ts";
import type { ConnectorContext, OAuthConnect, TokenSet } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { platform, readCredentials, readSettings } from "./api.ts";

const tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number(),
  scope: z.string(),
});

export const sandboxOAuth: OAuthConnect = {
  kind: "oauth",
  app: null,
  before: null,
  scopes: ["profile", "posts.read", "posts.write", "media.write", "offline.access"],
  optionalScopes: [],

  authorizeUrl(settings, request) {
    const { publicUrl, clientId } = readSettings(settings);
    const url = new URL(`${publicUrl}/oauth/authorize`);
    url.search = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: request.redirectUri,
      state: request.state,
      scope: request.scopes.join(" "),
      code_challenge: request.codeChallenge,
      code_challenge_method: "S256",
      ...(request.interactive ? {} : { prompt: "none" }),
    }).toString();
    return url.href;
  },

  exchange(context, grant) {
    return requestTokens(context, {
      grant_type: "authorization_code",
      code: grant.code,
      redirect_uri: grant.redirectUri,
      code_verifier: grant.codeVerifier,
    });
  },

  accounts: null,

  refresh(context) {
    const { refreshToken } = readCredentials(context);
    return requestTokens(context, { grant_type: "refresh_token", refresh_token: refreshToken });
  },

  async revoke(context) {
    const { refreshToken } = readCredentials(context);
    const response = await post(context, "/oauth/revoke", { token: refreshToken });
    if (!isSuccess(response)) throw failureOf(platform, response, { repeatable: true });
  },
};

async function requestTokens(context: ConnectorContext, form: Record<string, string>): Promise<TokenSet> {
  const response = await post(context, "/oauth/token", form);
  if (refusalOf(response).error === "invalid_grant") {
    throw new ConnectorFailure({
      verdict: "unauthorized",
      code: "sandbox.invalid_grant",
      message: "The sandbox no longer accepts this connection; connect the channel again.",
      evidence: `${response.status} invalid_grant`,
    });
  }
  if (!isSuccess(response)) throw failureOf(platform, response, { repeatable: true });
  const answer = parseAnswer(platform, response, tokens);
  return {
    credentials: { accessToken: answer.access_token, refreshToken: answer.refresh_token },
    scopes: answer.scope.split(" "),
    expiresAt: new Date(Date.now() + answer.expires_in * 1000),
    endsAt: null,
  };
}

function post(context: ConnectorContext, path: string, form: Record<string, string>) {
  const { baseUrl, clientId } = readSettings(context.settings);
  return context.http.request({
    method: "POST",
    url: `${baseUrl}${path}`,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams({ client_id: clientId, ...form }).toString(),
  });
}
