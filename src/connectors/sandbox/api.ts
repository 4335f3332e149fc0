import { z } from "zod";
import { trimEndOf } from "#kit";
import type { JsonValue } from "#kit";
import { failureOf, isSuccess, parseAnswer, refusalOf } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

export const platform = { id: "sandbox", name: "The sandbox" };

const settingsSchema = z.object({
  /** Where Galley reaches the sandbox. */
  baseUrl: z.url(),
  /** Where people reach it; `baseUrl` when absent. */
  publicUrl: z.url().optional(),
  /** It is the one that Galley runs, on whichever port it found free today. */
  builtIn: z.boolean().default(false),
  clientId: z.string().default("galley"),
  deadlineMs: z.int().positive().default(5_000),
  windowMs: z.int().positive().default(6_000),
});

/** Parsed settings; addresses without a slash at the end. */
export function readSettings(settings: ConnectorContext["settings"]): {
  baseUrl: string;
  publicUrl: string;
  builtIn: boolean;
  clientId: string;
  deadlineMs: number;
  windowMs: number;
} {
  const parsed = settingsSchema.safeParse(settings);
  if (!parsed.success) {
    throw new ConnectorFailure({
      verdict: "not_sent",
      code: "sandbox.not_configured",
      message: "The sandbox is not running; switch it on in the configuration.",
      cause: parsed.error,
    });
  }
  const { baseUrl, publicUrl = baseUrl } = parsed.data;
  return { ...parsed.data, baseUrl: withoutSlash(baseUrl), publicUrl: withoutSlash(publicUrl) };
}

function withoutSlash(url: string): string {
  return trimEndOf(url, /\//);
}

const credentialsSchema = z.object({ accessToken: z.string(), refreshToken: z.string() });

export function readCredentials(context: ConnectorContext): z.output<typeof credentialsSchema> {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "sandbox.no_credentials",
    message: "This channel has no stored access; connect it again.",
  });
}

/** One API call with the channel's access token. Throws what the status says, unless it is a success. */
export async function call<Schema extends z.ZodType>(
  context: ConnectorContext,
  schema: Schema,
  method: "GET" | "POST",
  path: string,
  body?: JsonValue,
): Promise<z.output<Schema>> {
  const response = await context.http.request({
    method,
    url: `${readSettings(context.settings).baseUrl}${path}`,
    headers: {
      authorization: `Bearer ${readCredentials(context).accessToken}`,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!isSuccess(response)) throw failureOf(platform, response, { refreshable: refreshable(response) });
  return parseAnswer(platform, response, schema);
}

// A withdrawn consent stays withdrawn, whatever token is shown.
function refreshable(response: ConnectorResponse): boolean {
  return refusalOf(response).error !== "token_revoked";
}
