import type { Connector } from "#connectors";
import type { MissingScope } from "./channel.ts";
import { channelError } from "./errors.ts";

function missingScopes(needed: readonly string[], granted: readonly string[]): string[] {
  return needed.filter((scope) => !granted.includes(scope));
}

/** What was not granted although a channel is of no use without it. */
export function missingNeeded(connector: Connector, granted: readonly string[]): string[] {
  return connector.connect.kind === "oauth" ? missingScopes(connector.connect.scopes, granted) : [];
}

/** What is asked for although a channel works without it; plain, as it is told to people. */
export function optionalScopes({ connect }: Connector): MissingScope[] {
  if (connect.kind !== "oauth") return [];
  return connect.optionalScopes.map(({ scope, enables }) => ({ scope, enables }));
}

/** What was not granted although the channel works without it, with what it would enable. */
export function missingOptional(connector: Connector, granted: readonly string[]): MissingScope[] {
  return optionalScopes(connector).filter(({ scope }) => !granted.includes(scope));
}

/** Throws `channels.scopes_missing`. */
export function refuseMissingScopes(connector: Connector, needed: string[], granted: string[]): void {
  const missing = missingScopes(needed, granted);
  if (missing.length === 0) return;
  throw channelError(
    "scopes_missing",
    "unprocessable",
    `${connector.name} granted less than Galley needs; missing: ${missing.join(", ")}. Connect again and allow all of it.`,
  );
}
