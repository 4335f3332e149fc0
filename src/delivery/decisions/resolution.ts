import { canBeAnswered, type Connector, externalIdIn } from "#connectors";
import { idSeenAt } from "../model/doubt.ts";
import { DeliveryError } from "../model/errors.ts";
import type { AttemptOutcome } from "../model/settlement.ts";
import type { DeliveryState } from "../model/state.ts";
import type { Fenced, Reason } from "./decisions.store.ts";

/** What a person says about a post that Galley cannot read back. */
export type Resolution =
  /** `rest`: of a part, whether what follows is sent, by default, or given up. */
  { outcome: "live"; url: string | null; rest?: "send" | "leave" } | { outcome: "absent" };

/** What a person's word makes of the attempt and of the delivery. */
type Consequence = {
  attempt: Pick<AttemptOutcome, "state" | "externalUrl" | "externalId">;
  next: { state: DeliveryState; error: Reason | null; externalUrl: string | null };
};

const late: Reason = {
  code: "delivery.late",
  message: "It is later than the workspace allows. Publish it now or cancel it.",
};
const restLeft: Reason = {
  code: "delivery.rest_left",
  message: "A person said that this part is live, and that the rest is not to be sent.",
};

/**
 * What follows from a person's word about an item; `isLast`: no item comes after it.
 *
 * @throws DeliveryError `delivery.needs_address` where a next part has to answer it and cannot
 */
export function followsFrom(
  resolution: Resolution,
  row: Pick<Fenced, "late" | "hasRefused" | "doubt"> & { isLast: boolean },
  connector: Connector | undefined,
): Consequence {
  const again = row.late ? "missed" : "scheduled";
  if (resolution.outcome === "absent") {
    return {
      attempt: { state: "absent_proven" },
      next: { state: again, error: again === "missed" ? late : null, externalUrl: null },
    };
  }
  const { url, rest } = resolution;
  // An address that Galley has read itself names what it read, also where addresses hold no id.
  const externalId =
    url === null ? null : (idSeenAt(row.doubt, url) ?? (connector ? externalIdIn(connector, url) : null));
  const isRestLeft = rest === "leave" && !row.isLast;
  if (!row.isLast && !isRestLeft && connector?.externalIdOf) {
    const told = { externalId: externalId ?? "", url };
    if (!canBeAnswered(connector, told)) throw needsAddress(connector.name);
  }
  const whole = row.hasRefused ? "partly" : "confirmed";
  const state = isRestLeft ? "partly" : row.isLast ? whole : again;
  return {
    attempt: { state: "confirmed", externalUrl: url, ...(externalId === null ? {} : { externalId }) },
    next: { state, error: isRestLeft ? restLeft : state === "missed" ? late : null, externalUrl: url },
  };
}

/** The next part of a thread answers this one, so its address has to be one that the platform understands. */
function needsAddress(platform: string): DeliveryError {
  return new DeliveryError({
    code: "delivery.needs_address",
    kind: "unprocessable",
    message: `The next part answers this one. Paste the address of this part as ${platform} shows it, or leave the rest unsent.`,
    problems: [
      {
        path: "/url",
        code: "delivery.needs_address",
        message: `An address of a post on ${platform} is needed.`,
      },
    ],
  });
}
