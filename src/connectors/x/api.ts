import { z } from "zod";
import { trimEndOf } from "#kit";
import type { JsonObject, JsonValue } from "#kit";
import { isSuccess, parseAnswer } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { xFailure } from "./failures.ts";

export const platform = { id: "x", name: "X" };

/** Numbers of an app come from a form, as text. */
const count = z.coerce.number().int().positive();
const amount = z.string().regex(/^\d+(?:\.\d+)?$/);
const address = z.url({ protocol: /^https?$/ }).transform((url) => trimEndOf(url, /\//));

const settingsSchema = z.object({
  /** Of the app at developer.x.com; filled in by the team. */
  clientId: z.string().default(""),
  clientSecret: z.string().default(""),
  /** Where programs reach X. */
  apiUrl: address.default("https://api.x.com"),
  /** Where people reach X: the consent page and the posts. */
  webUrl: address.default("https://x.com"),
  deadlineMs: z.int().positive().default(20_000),
  windowMs: z.int().positive().default(600_000),
  // https://docs.x.com/x-api/getting-started/pricing: charged per request, more where the text holds a link.
  postPrice: amount.default("0.015"),
  linkPostPrice: amount.default("0.200"),
  currency: z.string().length(3).default("USD"),
  // https://docs.x.com/x-api/fundamentals/rate-limits, and https://help.x.com/en/rules-and-policies/x-limits
  postsPer15Minutes: count.default(100),
  postsPerDay: count.default(2_400),
  appPostsPerDay: count.default(10_000),
});
export type XSettings = z.output<typeof settingsSchema>;

export function readSettings(settings: JsonObject): XSettings {
  const parsed = settingsSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "x.not_configured",
    message: `The settings of X are wrong: ${z.prettifyError(parsed.error)}. Correct them in the configuration.`,
    cause: parsed.error,
  });
}

const credentialsSchema = z.object({ accessToken: z.string(), refreshToken: z.string().optional() });

export function readCredentials(context: ConnectorContext): z.output<typeof credentialsSchema> {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "x.no_credentials",
    message: "This channel has no stored access to X; connect it again.",
  });
}

/** One API request with the channel's access token, whatever its answer. With `body` it is sent as JSON. */
function send(
  context: ConnectorContext,
  method: "GET" | "POST",
  path: string,
  body?: JsonValue,
): Promise<ConnectorResponse> {
  return context.http.request({
    method,
    url: `${readSettings(context.settings).apiUrl}${path}`,
    headers: {
      authorization: `Bearer ${readCredentials(context).accessToken}`,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A request and the sense of its answer; throws what a refusal means. */
export async function call<Schema extends z.ZodType>(
  context: ConnectorContext,
  schema: Schema,
  method: "GET" | "POST",
  path: string,
  body?: JsonValue,
): Promise<z.output<Schema>> {
  const response = await send(context, method, path, body);
  if (!isSuccess(response)) throw xFailure(response);
  return parseAnswer(platform, response, schema);
}
