import { z } from "zod";
import { failureOf, isSuccess, parseAnswer, refusalOf } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse, OAuthConnect, TokenSet } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { readCredentials } from "./api.ts";
import { appRegistration, platform, readAppSettings } from "./settings.ts";

/** In seconds. Only approved partners get a refresh token; its life does not begin anew when it is used. */
const tokens = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
  refresh_token_expires_in: z.number().optional(),
  scope: z.string().optional(),
});

type Asked = Pick<OAuthConnect, "scopes" | "optionalScopes" | "accounts"> & {
  /** False where one consent opens several accounts: withdrawing its token would end them all. */
  revocable: boolean;
};

/** LinkedIn's authorization code flow: the secret in the form, no PKCE, 60 days, mostly without renewal. */
export function linkedInOAuth({ revocable, ...asked }: Asked): OAuthConnect {
  return {
    ...asked,
    kind: "oauth",
    app: appRegistration,
    before: null,

    authorizeUrl(settings, request) {
      const { webUrl, clientId, extraScopes } = readAppSettings(settings);
      const url = new URL(`${webUrl}/oauth/v2/authorization`);
      const extra = extraScopes.split(/[ ,]+/).filter((scope) => scope !== "");
      url.search = new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        redirect_uri: request.redirectUri,
        state: request.state,
        scope: [...new Set([...request.scopes, ...extra])].join(" "),
      }).toString();
      return url.href;
    },

    exchange(context, grant) {
      return requestTokens(context, {
        grant_type: "authorization_code",
        code: grant.code,
        redirect_uri: grant.redirectUri,
      });
    },

    async refresh(context) {
      const { refreshToken } = readCredentials(context);
      if (refreshToken === null) throw mustConnect("linkedin.no_refresh", "no refresh token");
      const renewed = await requestTokens(context, {
        grant_type: "refresh_token",
        refresh_token: refreshToken,
      });
      // The answer may leave out what has not changed.
      const { refreshToken: next } = renewedSchema.parse(renewed.credentials);
      return {
        ...renewed,
        scopes: renewed.scopes.length === 0 ? [...context.scopes] : renewed.scopes,
        credentials: { ...renewed.credentials, refreshToken: next ?? refreshToken },
      };
    },

    revoke: revocable ? revoke : null,
  };
}

async function revoke(context: ConnectorContext): Promise<void> {
  const response = await post(context, "/oauth/v2/revoke", { token: readCredentials(context).accessToken });
  if (!isSuccess(response)) throw tokenFailure(response);
}

const renewedSchema = z.object({ refreshToken: z.string().nullable() });

async function requestTokens(context: ConnectorContext, form: Record<string, string>): Promise<TokenSet> {
  const response = await post(context, "/oauth/v2/accessToken", form);
  if (!isSuccess(response)) throw tokenFailure(response);
  const answer = parseAnswer(platform, response, tokens);
  const expiresAt = inSeconds(answer.expires_in);
  const refreshToken = answer.refresh_token ?? null;
  const lasts = answer.refresh_token_expires_in;
  return {
    credentials: { accessToken: answer.access_token, refreshToken },
    // LinkedIn parts them by commas, unlike RFC 6749.
    scopes: (answer.scope ?? "").split(/[ ,]+/).filter((scope) => scope !== ""),
    expiresAt,
    endsAt: refreshToken === null ? expiresAt : lasts === undefined ? null : inSeconds(lasts),
  };
}

function inSeconds(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

/** What the token endpoint refused: the app's own fault is told apart from the grant's. */
function tokenFailure(response: ConnectorResponse): ConnectorFailure {
  const { error } = refusalOf(response);
  if (error === "invalid_client" || error === "unauthorized_client") {
    return new ConnectorFailure({
      verdict: "rejected",
      code: "linkedin.wrong_app",
      message:
        "LinkedIn does not know this client id and secret. Copy both again from the app's Auth tab; a secret that was replaced there no longer works.",
      evidence: `${response.status} ${error}`,
    });
  }
  // LinkedIn says `invalid_request` of a code that is used or late and of a foreign redirect address alike.
  if (error === "invalid_grant" || error === "invalid_request")
    return mustConnect("linkedin.invalid_grant", error);
  return failureOf(platform, response, { repeatable: true });
}

function mustConnect(code: string, evidence: string): ConnectorFailure {
  return new ConnectorFailure({
    verdict: "unauthorized",
    code,
    message: "LinkedIn gives no access for this consent any more; connect the channel again.",
    evidence,
  });
}

function post(
  context: ConnectorContext,
  path: string,
  form: Record<string, string>,
): Promise<ConnectorResponse> {
  const { webUrl, clientId, clientSecret } = readAppSettings(context.settings);
  return context.http.request({
    method: "POST",
    url: `${webUrl}${path}`,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }).toString(),
  });
}
