import type { JsonObject } from "#kit";
import type { Connector } from "./contract.ts";

/**
 * The connector as it is for one account: with the limits, the measure and the checks of the account's own server or
 * plan, where it has any and they are known. Pure.
 */
export function forAccount(connector: Connector, known: JsonObject | null): Connector {
  const { accountLimits } = connector;
  return accountLimits === null || known === null
    ? connector
    : { ...connector, ...accountLimits.rules(known) };
}
