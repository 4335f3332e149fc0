import type { Credentials, OAuthConnect, FormConnect } from "#connectors";
import type { JsonObject, JsonValue } from "#kit";
import type { Secrets } from "#platform/secrets";
import { channelError, mustReconnect } from "../model/errors.ts";
import { credentialsColumn } from "../model/sealed-columns.ts";

/** Credentials of channels, at rest only as sealed bytes that open for their own channel. */
export type Custody = {
  seal(channel: { workspaceId: string; id: string }, credentials: Credentials): Promise<Buffer>;
  /** Throws `channels.needs_reconnect` where there is nothing to open. */
  open(channel: { workspaceId: string; id: string; sealed: Buffer | null }): Promise<Credentials>;
};

export function createCustody(secrets: Secrets): Custody {
  return {
    seal: (channel, credentials) => secrets.seal(credentialsColumn(channel), JSON.stringify(credentials)),
    async open(channel) {
      if (channel.sealed === null) throw mustReconnect(null);
      const parsed: unknown = JSON.parse(await secrets.openText(credentialsColumn(channel), channel.sealed));
      if (isObject(parsed)) return parsed;
      throw mustReconnect(null);
    },
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The credentials to keep of a new answer and the stored ones. A platform may leave a refresh token out
 * to say "as before" (RFC 6749 section 6), so nothing stored is ever replaced by nothing. A form holds
 * all that the person wants, empty fields included, and is taken as it is: Galley's own pages need no secret.
 */
export function mergedCredentials(
  kind: (OAuthConnect | FormConnect)["kind"],
  stored: Credentials | null,
  answered: Credentials,
): Credentials {
  if (kind === "form") return answered;
  if (!Object.values(answered).some(isFilled)) {
    throw channelError(
      "empty_credentials",
      "unprocessable",
      "The platform agreed but sent no access; nothing was changed. Try to connect again.",
    );
  }
  if (stored === null) return answered;
  const kept = Object.entries(stored).filter(([key]) => !isFilled(answered[key]));
  return { ...answered, ...Object.fromEntries(kept) };
}

function isFilled(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}
