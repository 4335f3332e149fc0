import { z } from "zod";
import { isSuccess, parseAnswer } from "../answers.ts";
import type {
  ConnectorContext,
  ConnectorResponse,
  OAuthConnect,
  OAuthGrant,
  OpenedAccount,
  TokenSet,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { request, send } from "./api.ts";
import { graphErrorOf, graphFailure, said } from "./failure.ts";
import { openedPages } from "./pages.ts";
import type { PageAccount } from "./pages.ts";
import type { MetaPlatform } from "./settings.ts";
import { metaAppFields, readSettings } from "./settings.ts";

const tokenSchema = z.object({ access_token: z.string().min(1) });
const permissionsSchema = z.object({
  data: z.array(z.object({ permission: z.string(), status: z.string() })),
});
export const debugSchema = z.object({
  data: z.object({
    is_valid: z.boolean(),
    user_id: z.string().optional(),
    expires_at: z.number().optional(),
    data_access_expires_at: z.number().optional(),
    scopes: z.array(z.string()).default([]),
    granular_scopes: z
      .array(z.object({ scope: z.string(), target_ids: z.array(z.string()).optional() }))
      .default([]),
  }),
});

type Kind = {
  platform: MetaPlatform;
  scopes: string[];
  optionalScopes: OAuthConnect["optionalScopes"];
  /** Null where this Page opens nothing for the platform. */
  accountOf: (page: PageAccount, tokens: TokenSet) => OpenedAccount | null;
};

/**
 * Facebook Login by hand: the dialog, a code, a short-lived token (1-2 h), a long-lived one (about 60 days),
 * and from that the tokens of the Pages, which do not end while the person's consent stands. Only those are
 * kept. The consent itself ends for data after 90 days without the person (`data_access_expires_at`).
 */
export function metaLogin({ platform, scopes, optionalScopes, accountOf }: Kind): OAuthConnect {
  return {
    kind: "oauth",
    app: metaAppFields,
    before: null,
    scopes,
    optionalScopes,

    authorizeUrl(stored, asked) {
      const settings = readSettings(platform, stored);
      mustHaveApp(platform, settings);
      const url = new URL(`${settings.dialogUrl}/${settings.version}/dialog/oauth`);
      url.search = new URLSearchParams({
        client_id: settings.clientId,
        redirect_uri: asked.redirectUri,
        state: asked.state,
        response_type: "code",
        code_challenge: asked.codeChallenge,
        code_challenge_method: "S256",
        ...(settings.configId === undefined || settings.configId === ""
          ? { scope: asked.scopes.join(","), auth_type: "rerequest" }
          : { config_id: settings.configId, override_default_response_type: "true" }),
      }).toString();
      return url.href;
    },

    exchange: (context, grant) => exchange(platform, context, grant),

    async accounts(context, tokens) {
      const pages = await openedPages(platform, context, tokens);
      return pages.flatMap((page) => accountOf(page, tokens) ?? []);
    },

    // A Page's token does not end; what ends is the consent, which only the person renews.
    refresh: null,
    // Facebook withdraws a consent whole: every other Page and Instagram account under it would end as well.
    revoke: null,
  };
}

function mustHaveApp(platform: MetaPlatform, settings: { clientId: string; clientSecret: string }): void {
  if (settings.clientId !== "" && settings.clientSecret !== "") return;
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: `${platform.id}.no_app`,
    message: `Galley needs the App ID and App secret of your Meta app before ${platform.name} can be connected. Paste them in the settings of ${platform.name}; the setup guide shows where they are.`,
  });
}

async function exchange(
  platform: MetaPlatform,
  context: ConnectorContext,
  grant: OAuthGrant,
): Promise<TokenSet> {
  const settings = readSettings(platform, context.settings);
  mustHaveApp(platform, settings);
  const app = { client_id: settings.clientId, client_secret: settings.clientSecret };
  const short = await token(platform, context, {
    ...app,
    code: grant.code,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.codeVerifier,
  });
  const userToken = await token(platform, context, {
    ...app,
    grant_type: "fb_exchange_token",
    fb_exchange_token: short,
  });
  const asked = { permission: "public_profile", channelNeedsIt: true };
  const granted = await request(platform, context, permissionsSchema, asked, {
    method: "GET",
    path: "/me/permissions",
    token: userToken,
  });
  const { data: details } = await debugToken(platform, context, userToken);
  const scopes = granted.data
    .filter(({ status }) => status === "granted")
    .map(({ permission }) => permission);
  const perTarget = details.granular_scopes.flatMap(({ scope, target_ids }) =>
    target_ids === undefined ? [] : [[scope, target_ids] as const],
  );
  return {
    credentials: { userToken, targets: Object.fromEntries(perTarget) },
    scopes,
    expiresAt: null,
    endsAt: momentOf(details.data_access_expires_at),
  };
}

/** Seconds since the epoch; 0 and absent mean "does not end". */
export function momentOf(seconds: number | undefined): Date | null {
  return seconds === undefined || seconds === 0 ? null : new Date(seconds * 1000);
}

/** What Meta knows about a token: valid, until when, for what. Asked as the app. */
export function debugToken(
  platform: MetaPlatform,
  context: ConnectorContext,
  inspected: string,
): Promise<z.output<typeof debugSchema>> {
  const { clientId, clientSecret } = readSettings(platform, context.settings);
  return request(
    platform,
    context,
    debugSchema,
    { permission: "public_profile", channelNeedsIt: true },
    {
      method: "GET",
      path: "/debug_token",
      params: { input_token: inspected },
      token: `${clientId}|${clientSecret}`,
    },
  );
}

async function token(
  platform: MetaPlatform,
  context: ConnectorContext,
  form: Record<string, string>,
): Promise<string> {
  const response = await send(platform, context, {
    method: "POST",
    path: "/oauth/access_token",
    params: form,
    token: null,
  });
  if (isSuccess(response)) return parseAnswer(platform, response, tokenSchema).access_token;
  throw exchangeFailure(platform, response);
}

/** Here code 1 is no riddle: it is a wrong secret. */
function exchangeFailure(platform: MetaPlatform, response: ConnectorResponse): ConnectorFailure {
  const error = graphErrorOf(response);
  const fail = (code: string, message: string) =>
    new ConnectorFailure({ verdict: "rejected", code: `${platform.id}.${code}`, message });
  if (error?.code === 101 || (error?.code === 1 && /secret/i.test(error.message))) {
    const which = error.code === 101 ? "App ID" : "App secret";
    return fail(
      "bad_app",
      `Facebook does not know this ${which}. Copy it again from App settings, Basic, at developers.facebook.com/apps, without spaces.`,
    );
  }
  if (error?.error_subcode === 36008) {
    return fail(
      "redirect_mismatch",
      "Facebook says that the redirect address is not the one of the login dialog. Add the exact address from the setup guide under Facebook Login, Settings, Valid OAuth Redirect URIs.",
    );
  }
  if (error?.code === 100) {
    return fail("bad_code", `Facebook did not accept the code of this login: ${said(error)} Connect again.`);
  }
  return graphFailure(platform, response, { permission: "public_profile", channelNeedsIt: true });
}
