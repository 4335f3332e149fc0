import { z } from "zod";
import type { JsonObject, JsonValue } from "#kit";
import { failureOf, isFinalStatus, isSuccess, parseAnswer, parseJson } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

/** As which Galley registers at a server, and what that server names as the source of its statuses. */
export const appName = "Galley";

export const platform = { id: "mastodon", name: "Mastodon" };

const settingsSchema = z.object({
  deadlineMs: z.int().positive().default(20_000),
  windowMs: z.int().positive().default(300_000),
  /** How long a picture or video may be processed before its post is prepared anew. */
  processingMs: z.int().positive().default(30_000),
});

export function readSettings(settings: JsonObject): z.output<typeof settingsSchema> {
  return settingsSchema.parse(settings);
}

const credentialsSchema = z.object({
  server: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  accessToken: z.string(),
});
export type MastodonCredentials = z.output<typeof credentialsSchema>;

export function readCredentials(context: Pick<ConnectorContext, "credentials">): MastodonCredentials {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "mastodon.no_credentials",
    message: "This channel has no stored access to a Mastodon server; connect it again.",
  });
}

type Sent = {
  headers?: Record<string, string>;
  body?: JsonValue;
  multipart?: { type: string; bytes: Uint8Array };
};

/** One request at the channel's server with its access token, whatever the answer. */
export function send(
  context: ConnectorContext,
  method: "GET" | "POST",
  path: string,
  { headers = {}, body, multipart }: Sent = {},
): Promise<ConnectorResponse> {
  const { server, accessToken } = readCredentials(context);
  const content: Record<string, string> = multipart
    ? { "content-type": multipart.type }
    : body === undefined
      ? {}
      : { "content-type": "application/json" };
  const payload = multipart ? multipart.bytes : body === undefined ? undefined : JSON.stringify(body);
  return context.http.request({
    method,
    url: `${server}${path}`,
    headers: { authorization: `Bearer ${accessToken}`, accept: "application/json", ...content, ...headers },
    ...(payload === undefined ? {} : { body: payload }),
  });
}

/** A request and the sense of its answer; throws what a refusal means. */
export async function call<Schema extends z.ZodType>(
  context: ConnectorContext,
  schema: Schema,
  method: "GET" | "POST",
  path: string,
  sent: Sent = {},
): Promise<z.output<Schema>> {
  const response = await send(context, method, path, sent);
  if (!isSuccess(response)) throw mastodonFailure(response);
  return parseAnswer(platform, response, schema);
}

const refusal = z.object({ error: z.string(), error_description: z.string().optional() });

/** Mastodon's words stand in `error`; how long to wait in `X-RateLimit-Reset`, as a moment. */
export function mastodonFailure(response: ConnectorResponse): ConnectorFailure {
  const parsed = refusal.safeParse(parseJson(new TextDecoder().decode(response.body)));
  if (!parsed.success) return failureOf(platform, response, { isOwn: false });
  const words = parsed.data.error_description ?? parsed.data.error;
  const evidence = `${response.status} ${words}`.slice(0, 500);
  if (response.status === 429) {
    const seconds = secondsUntilReset(response);
    return new ConnectorFailure({
      verdict: "throttled",
      code: "mastodon.throttled",
      message: "The Mastodon server asks to wait before the next request.",
      evidence,
      ...(seconds === null ? {} : { retryAfterSeconds: seconds }),
    });
  }
  if (response.status === 401) {
    return new ConnectorFailure({
      verdict: "unauthorized",
      code: "mastodon.unauthorized",
      message: `The Mastodon server no longer accepts this connection: ${words}. Connect the channel again.`,
      refreshable: false,
      evidence,
    });
  }
  if (isFinalStatus(response.status)) {
    return new ConnectorFailure({
      verdict: "rejected",
      code: "mastodon.rejected",
      message: `The Mastodon server refused: ${words}`,
      evidence,
    });
  }
  return failureOf(platform, response);
}

/** By the server's own clock, which its answer carries. */
function secondsUntilReset({ headers }: ConnectorResponse): number | null {
  const [reset, now] = [Date.parse(headers["x-ratelimit-reset"] ?? ""), Date.parse(headers["date"] ?? "")];
  if (Number.isNaN(reset) || Number.isNaN(now)) return null;
  return Math.max(1, Math.ceil((reset - now) / 1000));
}
