import { isSuccess } from "../answers.ts";
import type { ConnectorContext, Finding } from "../contract.ts";
import { send } from "./api.ts";
import { graphFailure } from "./failure.ts";
import { debugToken, momentOf } from "./login.ts";
import type { MetaPlatform } from "./settings.ts";
import { readCredentials, readSettings } from "./settings.ts";

/** What a doctor asks of every channel under a Meta app: the app's own values, the token, the version that answers. */
export async function inspectMeta(platform: MetaPlatform, context: ConnectorContext): Promise<Finding[]> {
  const app = appFindings(platform, context);
  if (app.some(({ level }) => level === "error")) return app;
  const token = await tokenFindings(platform, context);
  if (token.some(({ level }) => level === "error")) return [...app, ...token];
  return [...app, ...token, ...(await versionFindings(platform, context))];
}

function appFindings(platform: MetaPlatform, context: ConnectorContext): Finding[] {
  const { clientId, clientSecret } = readSettings(platform, context.settings);
  const found: Finding[] = [];
  const finding = (code: string, problem: string, fix: string): void => {
    found.push({ level: "error", code: `${platform.id}.${code}`, problem, fix });
  };
  if (!/^\d{8,20}$/.test(clientId)) {
    finding(
      "app_id_shape",
      "The App ID is not a number.",
      "Copy the App ID from App settings, Basic, at developers.facebook.com/apps.",
    );
  }
  if (!/^[0-9a-f]{32}$/.test(clientSecret)) {
    finding(
      "app_secret_shape",
      "The App secret is not 32 characters of 0-9 and a-f; it may have been cut or carry a space.",
      "Press Show beside App secret under App settings, Basic, and paste it again.",
    );
  }
  return found;
}

async function tokenFindings(platform: MetaPlatform, context: ConnectorContext): Promise<Finding[]> {
  const { token } = readCredentials(platform, context);
  const { data } = await debugToken(platform, context, token);
  if (!data.is_valid) {
    return [
      {
        level: "error",
        code: `${platform.id}.token_invalid`,
        problem: "Facebook no longer accepts this channel's token.",
        fix: "Connect the channel again.",
      },
    ];
  }
  const ends = momentOf(data.expires_at);
  if (ends === null) return [];
  return [
    {
      level: "warning",
      code: `${platform.id}.token_ends`,
      problem: `This channel's token ends on ${ends.toISOString().slice(0, 10)}; the token of a Page usually does not.`,
      fix: "Connect the channel again; if it comes back, the app is probably in development mode with a short-lived token.",
    },
  ];
}

/** An expired version does not fail: a newer one answers, and says so in a header alone. */
async function versionFindings(platform: MetaPlatform, context: ConnectorContext): Promise<Finding[]> {
  const { version } = readSettings(platform, context.settings);
  const response = await send(platform, context, { method: "GET", path: "/me", params: { fields: "id" } });
  if (!isSuccess(response)) {
    throw graphFailure(platform, response, { permission: "pages_show_list", channelNeedsIt: true });
  }
  const answered = response.headers["facebook-api-version"];
  if (answered === undefined || answered === version) return [];
  return [
    {
      level: "warning",
      code: `${platform.id}.version_rolled`,
      problem: `Galley speaks ${version} of the Graph API, but ${answered} answers: ${version} has ended.`,
      fix: `Set "version" of ${platform.id} to a current one in the configuration, and publish a test post.`,
    },
  ];
}
