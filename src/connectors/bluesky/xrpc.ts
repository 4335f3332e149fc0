import { z } from "zod";
import type { JsonValue } from "#kit";
import { failureOf, isSuccess, parseAnswer, refusalOf } from "../answers.ts";
import type { ConnectorContext, ConnectorRequest, ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

export const platform = { id: "bluesky", name: "Bluesky" };

const credentialsSchema = z.object({
  /** The account's personal data server, without a slash at the end. */
  service: z.url(),
  identifier: z.string(),
  appPassword: z.string(),
  accessJwt: z.string(),
  refreshJwt: z.string(),
});
export type BlueskyCredentials = z.output<typeof credentialsSchema>;

export function readCredentials(context: Pick<ConnectorContext, "credentials">): BlueskyCredentials {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "bluesky.no_credentials",
    message: "This channel has no stored access; connect it again.",
  });
}

type Body = { json: JsonValue } | { bytes: Uint8Array; mimeType: string };

/** One XRPC request (https://atproto.com/specs/xrpc), whatever its answer. With a body it is a procedure. */
export function send(
  context: ConnectorContext,
  target: { service: string; token: string | null },
  method: string,
  body?: Body,
): Promise<ConnectorResponse> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (target.token !== null) headers["authorization"] = `Bearer ${target.token}`;
  if (body !== undefined) headers["content-type"] = "json" in body ? "application/json" : body.mimeType;
  const request: ConnectorRequest = {
    method: body === undefined ? "GET" : "POST",
    url: `${target.service}/xrpc/${method}`,
    headers,
  };
  if (body !== undefined) request.body = "json" in body ? JSON.stringify(body.json) : body.bytes;
  return context.http.request(request);
}

/** A request as the channel's account; throws what a refusal means. */
export async function call<Schema extends z.ZodType>(
  context: ConnectorContext,
  schema: Schema,
  method: string,
  body?: Body,
): Promise<z.output<Schema>> {
  const { service, accessJwt } = readCredentials(context);
  const response = await send(context, { service, token: accessJwt }, method, body);
  if (!isSuccess(response)) throw xrpcFailure(response);
  return parseAnswer(platform, response, schema);
}

// XRPC answers 400 for some of what is about the session, not about the request.
const staleSession = new Set(["ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"]);
const closedAccount = new Set([
  "AccountTakedown",
  "AccountDeactivated",
  "AccountSuspended",
  "RepoDeactivated",
]);

export function xrpcFailure(response: ConnectorResponse): ConnectorFailure {
  const { error, message } = refusalOf(response);
  const final = response.status >= 400 && response.status < 500;
  if (final && (staleSession.has(error) || closedAccount.has(error))) {
    const refreshable = staleSession.has(error);
    return new ConnectorFailure({
      verdict: "unauthorized",
      code: refreshable ? "bluesky.session_expired" : "bluesky.account_closed",
      message: refreshable ? "The Bluesky session has ended." : `Bluesky has closed this account: ${message}`,
      refreshable,
      evidence: `${response.status} ${error}`,
    });
  }
  return failureOf(platform, response, { refreshable: true });
}
