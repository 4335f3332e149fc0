import type { RecipientAnswer } from "#connectors";
import type { JsonObject } from "#kit";
import type { Doubt } from "./doubt.ts";
import type { AttemptState, DeliveryState } from "./state.ts";

/** What became of an attempt. Absent fields stay as they are. */
export type AttemptOutcome = {
  id: string;
  state: AttemptState;
  externalId?: string | null;
  externalUrl?: string | null;
  externalData?: JsonObject;
  /** When the platform says that it was created. */
  externalCreatedAt?: Date;
  settledBy?: "answer" | "located" | "person";
  settledByUser?: string;
  /** With a look: when the listing was asked for and how far back it is complete. */
  lookedAt?: Date;
  coversFrom?: Date;
  looks?: number;
  windowMs?: number;
  doubt?: Doubt;
  errorCode?: string;
  errorMessage?: string;
  evidence?: string | null;
  refused?: RecipientAnswer[];
  deferred?: RecipientAnswer[];
};

/** What the delivery does next. */
export type NextStep = {
  state: DeliveryState;
  waitMs: number;
  tries: number;
  errorCode: string | null;
  errorMessage: string | null;
  externalUrl: string | null;
};

/** One write at one fence: to the attempt, to the delivery, or to both. */
export type Settlement = {
  workspaceId: string;
  deliveryId: string;
  fence: number;
  attempt: AttemptOutcome | null;
  /** Null: the owner goes on with the next item. */
  next: NextStep | null;
  /** What the line in the log names besides; not written. */
  about?: { postId: string; channelId: string; connector: string };
};

/** Says what came of a delivery, once it is written: each end and each question, and every try that failed. */
export function sayOutcome(
  log: { info(facts: object, words: string): void },
  { workspaceId, deliveryId, next, about }: Settlement,
): void {
  // A claim that was given back unused is no outcome.
  if (next === null || (next.state === "scheduled" && next.errorCode === null)) return;
  const { state, tries, waitMs, errorCode } = next;
  const failure = errorCode === null ? {} : { code: errorCode, tries, waitMs };
  log.info({ workspaceId, deliveryId, ...about, outcome: state, ...failure }, "delivery");
}
