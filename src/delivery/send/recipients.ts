import type { RecipientAnswer } from "#connectors";
import type { Claimed } from "../model/claimed.ts";
import type { NextStep } from "../model/settlement.ts";
import { backOffMs } from "../model/verdicts.ts";

const someRefused = "delivery.recipients_refused";
const someDeferred = "delivery.recipients_deferred";

function named(answers: readonly RecipientAnswer[]): string {
  const shown = answers.slice(0, 5).map(({ address, message }) => `${address} (${message})`);
  const more = answers.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** How a delivery ends whose last item is out: as a whole, or without the recipients that were refused on the way. */
export function ending(
  refused: readonly RecipientAnswer[],
): Pick<NextStep, "state" | "errorCode" | "errorMessage"> {
  if (refused.length === 0) return { state: "confirmed", errorCode: null, errorMessage: null };
  const errorMessage = `Everybody else has it. Refused: ${named(refused)}.`;
  return { state: "partly", errorCode: someRefused, errorMessage };
}

/** Everybody whom an attempt of this delivery was refused for; what never was out refused nobody. */
export function refusedSoFar({ attempts }: Pick<Claimed, "attempts">): RecipientAnswer[] {
  return attempts.flatMap(({ state, refused }) => (state === "absent_proven" ? [] : refused));
}

/** Those who were put off are tried again, ever later, until the workspace says that it is late; then a person is asked. */
export function afterDeferral(
  claimed: Claimed,
  deferred: readonly RecipientAnswer[],
  lateInMs: number,
): NextStep {
  const tries = claimed.tries + 1;
  const waitMs = backOffMs(tries, Math.random());
  const isLate = waitMs >= lateInMs;
  const who = `The mail server put off ${named(deferred)}. Everybody else has it.`;
  return {
    state: isLate ? "missed" : "scheduled",
    waitMs: isLate ? 0 : waitMs,
    tries,
    errorCode: someDeferred,
    errorMessage: isLate ? `${who} It is too late to go on by itself: try again, or leave it as it is.` : who,
    externalUrl: null,
  };
}
