import { Refusal } from "../http.ts";

/**
 * What can go wrong with a mail:
 *
 * - `refuse_connection`: the connection is reset before the greeting; nothing happened
 * - `lost_answer`: kept, and the connection ends without an answer to the final dot
 * - `cut_answer`: kept, and the connection is reset within the answer to the final dot
 * - `drop_before_keep`: the connection ends at the final dot and nothing was kept
 * - `late_commit`: the connection ends at the final dot, and the mail arrives `delayMs` later
 * - `listing_lag`: kept and answered, but found by its Message-ID only `delayMs` later
 * - `ghost_duplicate`: kept and answered, and the same mail arrives once more, marked as a ghost
 * - `defer`: 451, try later
 * - `reject`: 554, never
 * - `reject_recipient`: 550 to the first recipient
 * - `defer_recipient`: 450 to the first recipient
 * - `slow`: kept at once, answered after `delayMs`
 *
 * No 5xx after the mail was kept: a server that says so gives the mail back (RFC 5321 section 4.2.5).
 */
export const mailFaultKinds = [
  "refuse_connection",
  "lost_answer",
  "cut_answer",
  "drop_before_keep",
  "late_commit",
  "listing_lag",
  "ghost_duplicate",
  "defer",
  "reject",
  "reject_recipient",
  "defer_recipient",
  "slow",
] as const;
export type MailFaultKind = (typeof mailFaultKinds)[number];

export type MailFault = {
  kind: MailFaultKind;
  /** How many more mails it hits; null until it is switched off. */
  remaining: number | null;
  delayMs: number;
};

/** Reads one fault from outside; by default it hits once. */
export function parseMailFault(value: unknown): MailFault {
  const input: Partial<Record<string, unknown>> =
    typeof value === "object" && value !== null ? { ...value } : {};
  const kind = mailFaultKinds.find((name) => name === input["kind"]);
  if (!kind) throw new Refusal(400, "bad_fault", `"kind" is one of ${mailFaultKinds.join(", ")}.`);
  const remaining = input["remaining"] === undefined ? 1 : input["remaining"];
  const delayMs = input["delayMs"] ?? 0;
  if (remaining !== null && !(typeof remaining === "number" && remaining >= 1)) {
    throw new Refusal(400, "bad_fault", '"remaining" is a number from 1, or null.');
  }
  if (typeof delayMs !== "number" || !(delayMs >= 0 && delayMs <= 3_600_000)) {
    throw new Refusal(400, "bad_fault", '"delayMs" is a number up to 3600000.');
  }
  return { kind, remaining, delayMs };
}

/** Takes the first fault among `kinds` and counts it down. */
export function takeMailFault(
  store: { faults: MailFault[]; setFaults(faults: MailFault[]): void },
  kinds: readonly MailFaultKind[],
): MailFault | null {
  const fault = store.faults.find((candidate) => kinds.includes(candidate.kind));
  if (!fault) return null;
  if (fault.remaining !== null) {
    const left = fault.remaining > 1 ? [{ ...fault, remaining: fault.remaining - 1 }] : [];
    store.setFaults(store.faults.flatMap((other) => (other === fault ? left : [other])));
  }
  return fault;
}
