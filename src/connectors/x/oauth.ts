import { z } from "zod";
import { failureOf, isSuccess, parseAnswer, parseJson } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse, FormField, OAuthConnect, TokenSet } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { platform, readCredentials, readSettings } from "./api.ts";

const tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number(),
  scope: z.string(),
});

/** OAuth 2 with PKCE: https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token */
export const xOAuth: OAuthConnect = {
  kind: "oauth",
  app: {
    consoleUrl: "https://developer.x.com",
    fields: [
      {
        key: "clientId",
        label: "Client ID",
        kind: "text",
        choices: [],
        required: true,
        placeholder: "",
        help: "Of OAuth 2.0, on the app's page “Keys and tokens”. It is not the API key.",
      },
      {
        key: "clientSecret",
        label: "Client secret",
        kind: "password",
        choices: [],
        required: true,
        placeholder: "",
        help: "Beside the client ID; X shows it once.",
      },
      limit(
        "postsPerDay",
        "Posts a day, one account",
        "How many posts X lets this app make for one account in 24 hours.",
      ),
      limit(
        "appPostsPerDay",
        "Posts a day, whole app",
        "How many posts X lets this app make for all accounts together in 24 hours.",
      ),
      limit(
        "postPrice",
        "Price of a post",
        "What X charges for one post, such as 0.015; 0 where a plan covers it.",
      ),
      limit(
        "linkPostPrice",
        "Price of a post with a link",
        "What X charges for a post with a link in its text, such as 0.20; 0 where a plan covers it.",
      ),
    ],
  },
  before: null,
  // Creating a post asks for the first three; without the last the access would end after two hours.
  scopes: ["tweet.read", "tweet.write", "users.read", "offline.access"],
  optionalScopes: [
    {
      scope: "media.write",
      enables: "images, GIFs and videos",
      neededBy: ({ media }) => (media.length > 0 ? "/media" : null),
    },
  ],

  authorizeUrl(settings, request) {
    const { webUrl, clientId } = readSettings(settings);
    if (clientId === "") throw noApp();
    const url = new URL(`${webUrl}/i/oauth2/authorize`);
    // X reads a plus sign in scopes as it stands, so spaces are %20.
    url.search = Object.entries({
      response_type: "code",
      client_id: clientId,
      redirect_uri: request.redirectUri,
      scope: request.scopes.join(" "),
      state: request.state,
      code_challenge: request.codeChallenge,
      code_challenge_method: "S256",
    })
      .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
      .join("&");
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

  async refresh(context) {
    const { refreshToken } = readCredentials(context);
    if (refreshToken === undefined) throw accessEnded("no refresh token");
    return requestTokens(context, { grant_type: "refresh_token", refresh_token: refreshToken });
  },

  async revoke(context) {
    const { accessToken, refreshToken } = readCredentials(context);
    const response = await post(context, "/2/oauth2/revoke", { token: refreshToken ?? accessToken });
    if (!isSuccess(response)) throw oauthFailure(response);
  },
};

async function requestTokens(context: ConnectorContext, form: Record<string, string>): Promise<TokenSet> {
  const response = await post(context, "/2/oauth2/token", form);
  if (!isSuccess(response)) throw oauthFailure(response);
  const answer = parseAnswer(platform, response, tokens);
  return {
    credentials: {
      accessToken: answer.access_token,
      ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
    },
    scopes: answer.scope.split(" ").filter((scope) => scope !== ""),
    expiresAt: new Date(Date.now() + answer.expires_in * 1000),
    endsAt: null,
  };
}

function post(
  context: ConnectorContext,
  path: string,
  form: Record<string, string>,
): Promise<ConnectorResponse> {
  const { apiUrl, clientId, clientSecret } = readSettings(context.settings);
  if (clientId === "") throw noApp();
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
  return context.http.request({
    method: "POST",
    url: `${apiUrl}${path}`,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      ...(clientSecret === "" ? {} : { authorization: `Basic ${basic.toString("base64")}` }),
    },
    body: new URLSearchParams({ ...form, client_id: clientId }).toString(),
  });
}

const refusalSchema = z.object({ error: z.string(), error_description: z.string().catch("") });

/** RFC 6749 section 5.2, as X fills it: a token that is spent or withdrawn is an `invalid_request` there. */
function oauthFailure(response: ConnectorResponse): ConnectorFailure {
  const parsed = refusalSchema.safeParse(parseJson(new TextDecoder().decode(response.body)));
  const evidence = parsed.success
    ? `${response.status} ${parsed.data.error} ${parsed.data.error_description}`
    : undefined;
  if (parsed.success && response.status < 500) {
    const { error, error_description: words } = parsed.data;
    if (error === "invalid_client" || error === "unauthorized_client") {
      // Refused before X looked at the token, which still stands.
      return new ConnectorFailure({
        verdict: "not_sent",
        code: "x.app_refused",
        message:
          "X does not accept the client ID and secret of the app. Copy both again from developer.x.com, page “Keys and tokens”.",
        evidence: evidence ?? "",
      });
    }
    if (error === "invalid_grant" || /token was invalid/i.test(words)) return accessEnded(evidence ?? "");
    if (response.status !== 429) {
      return new ConnectorFailure({
        verdict: "unauthorized",
        code: "x.grant_refused",
        message: `X refused the connection: ${words === "" ? error : words} Start the connection again; if it goes on, compare the redirect address at developer.x.com with the one that Galley shows.`,
        evidence: evidence ?? "",
      });
    }
  }
  return failureOf(platform, response, { repeatable: true });
}

function accessEnded(evidence: string): ConnectorFailure {
  return new ConnectorFailure({
    verdict: "unauthorized",
    code: "x.access_ended",
    message: "X no longer accepts this connection; connect the channel again.",
    evidence,
  });
}

function noApp(): ConnectorFailure {
  return new ConnectorFailure({
    verdict: "not_sent",
    code: "x.no_app",
    message: "Galley knows no X app yet: enter its client ID and secret first.",
  });
}

function limit(key: string, label: string, help: string): FormField {
  const more = " Leave it empty where you do not know.";
  return { key, label, kind: "number", choices: [], required: false, placeholder: "", help: help + more };
}
