import type { ConnectorFailure } from "#connectors";
import type { ErrorDetails, ErrorKind } from "#kit";
import { GalleyError } from "#kit";

/** Errors of channels: `channels.not_found`, `channels.needs_reconnect`, `channels.state_used`, ... */
export class ChannelError extends GalleyError {}

type Reason = Omit<ErrorDetails, "code" | "kind" | "message">;

export function channelError(
  reason: string,
  kind: ErrorKind,
  message: string,
  more: Reason = {},
): ChannelError {
  return new ChannelError({ code: `channels.${reason}`, kind, message, ...more });
}

export function noSuchChannel(): ChannelError {
  return channelError("not_found", "not_found", "There is no such channel.");
}

export function noSuchConnector(): ChannelError {
  return channelError("unknown_connector", "not_found", "Galley knows no platform of that name.");
}

/** The one code that asks a person to connect again; delivery waits for it. */
export function mustReconnect(reason: string | null, cause?: unknown): ChannelError {
  const message = reason ?? "This channel is no longer connected; connect it again.";
  return channelError("needs_reconnect", "conflict", message, cause === undefined ? {} : { cause });
}

const kinds: Record<ConnectorFailure["verdict"], ErrorKind> = {
  rejected: "unprocessable",
  // Not "unauthenticated": it is the platform that refuses, the person is signed in to Galley.
  unauthorized: "unprocessable",
  throttled: "unavailable",
  not_sent: "unavailable",
  unknown: "unavailable",
};

/** What a platform answered, for a person who waits for it; in the platform's words and with its code. */
export function toldByPlatform(failure: ConnectorFailure): ChannelError {
  return new ChannelError({
    code: failure.code,
    kind: kinds[failure.verdict],
    message: failure.message,
    problems: [...failure.problems],
    retryable: failure.retryable,
    ...(failure.retryAfterSeconds === null ? {} : { retryAfterSeconds: failure.retryAfterSeconds }),
    cause: failure,
  });
}
