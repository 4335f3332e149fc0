import { contentHash } from "#kit";
import type { Connector, TargetContext } from "./contract.ts";

/** Where a channel's posts go: equal hashes mean the same place. */
export type Fingerprint = { hash: string; words: string };

/** The fingerprint of a channel's target; throws `ConnectorFailure` where its credentials are not readable. */
export async function fingerprintOf(
  connector: Pick<Connector, "id" | "target">,
  context: TargetContext,
): Promise<Fingerprint> {
  const { facts, words } = await connector.target(context);
  return { hash: contentHash({ connector: connector.id, facts }), words };
}
