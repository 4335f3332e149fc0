import { Refusal } from "../http.ts";

/**
 * What can go wrong on the way to this platform, each as it was seen on a real one:
 *
 * - `error_before_commit`: 503, nothing happened
 * - `error_after_commit`: 500, yet the post is out
 * - `lost_answer`: the post is out, the connection ends without a byte of the answer
 * - `cut_answer`: the post is out, the connection is reset in the middle of the answer
 * - `reset_before_commit`: the connection is reset after the request was read; nothing happened
 * - `late_commit`: the connection ends, and the post appears `delayMs` later
 * - `listing_lag`: the post is out, but the listing holds it only `delayMs` later
 * - `slow`: done at once, answered after `delayMs`
 * - `throttle`: 429 with `Retry-After`
 * - `garbled`: the post is out, the answer is 200 without sense
 */
export const faultKinds = [
  "error_before_commit",
  "error_after_commit",
  "lost_answer",
  "cut_answer",
  "reset_before_commit",
  "late_commit",
  "listing_lag",
  "slow",
  "throttle",
  "garbled",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export const operations = ["create", "list", "media", "token", "any"] as const;
export type Operation = (typeof operations)[number];

export type Fault = {
  kind: FaultKind;
  on: Operation;
  /** How many more requests it hits; null until it is switched off. */
  remaining: number | null;
  /** 0..1 of the requests that it could hit. */
  chance: number;
  delayMs: number;
};

/** The fault for this request, with the list that stands afterwards; null when none applies. */
export function takeFault(faults: Fault[], operation: Operation): { fault: Fault; left: Fault[] } | null {
  for (const fault of faults) {
    if (fault.on !== "any" && fault.on !== operation) continue;
    if (fault.chance < 1 && Math.random() >= fault.chance) continue;
    const left = faults.flatMap((other) => {
      if (other !== fault || fault.remaining === null) return [other];
      return fault.remaining > 1 ? [{ ...fault, remaining: fault.remaining - 1 }] : [];
    });
    return { fault, left };
  }
  return null;
}

/** Reads one fault from outside, with defaults: once, on `create`, always, no delay. */
export function parseFault(value: unknown): Fault {
  if (typeof value !== "object" || value === null)
    throw new Refusal(400, "bad_fault", "A fault is an object.");
  const input = value as Record<string, unknown>;
  const kind = faultKinds.find((name) => name === input["kind"]);
  const on = operations.find((name) => name === (input["on"] ?? "create"));
  if (!kind) throw new Refusal(400, "bad_fault", `"kind" is one of ${faultKinds.join(", ")}.`);
  if (!on) throw new Refusal(400, "bad_fault", `"on" is one of ${operations.join(", ")}.`);
  const remaining = input["remaining"] === undefined ? 1 : input["remaining"];
  return {
    kind,
    on,
    remaining: remaining === null ? null : bounded(remaining, "remaining", 1, 1_000_000),
    chance: bounded(input["chance"] ?? 1, "chance", 0, 1),
    delayMs: bounded(input["delayMs"] ?? 0, "delayMs", 0, 3_600_000),
  };
}

function bounded(value: unknown, name: string, low: number, high: number): number {
  if (typeof value === "number" && value >= low && value <= high) return value;
  throw new Refusal(400, "bad_fault", `"${name}" is a number from ${low} to ${high}.`);
}
