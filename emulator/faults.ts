import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "./http.ts";
import { Refusal, send } from "./http.ts";

/**
 * What can go wrong on the way to a platform, each as it was seen on a real one:
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
 * - `throttle_until`: the same, with a date in `Retry-After`
 * - `throttle_in_ms`: the same, with the moment of a reset in milliseconds
 * - `slow_body`: done at once; the head of the answer comes, its body `delayMs` later
 * - `garbled`: the post is out, the answer is 200 without sense
 * - `ghost_duplicate`: the platform itself shows the post twice; its journal marks the second as a ghost
 * - `reordered_listing`: the listing comes in another order than by time
 * - `refusal`: the platform's own error that `code` names; nothing happened
 * - `refusal_after_commit`: the same, yet the post is out
 * - `firewall_page`: the post is out, and a firewall answers 403 with a page of its own
 * - `sent_twice`: a balancer sends the request to the platform twice and passes on the second answer
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
  "slow_body",
  "garbled",
  "ghost_duplicate",
  "reordered_listing",
  "refusal",
  "refusal_after_commit",
  "throttle_until",
  "throttle_in_ms",
  "firewall_page",
  "sent_twice",
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
  /** Which error of the platform, in its own numbering; for `refusal` and `refusal_after_commit`. */
  code: string;
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
    code: typeof input["code"] === "string" ? input["code"] : "",
  };
}

function bounded(value: unknown, name: string, low: number, high: number): number {
  if (typeof value === "number" && value >= low && value <= high) return value;
  throw new Refusal(400, "bad_fault", `"${name}" is a number from ${low} to ${high}.`);
}

/** What a handler does differently because of a fault. */
export type Twist = {
  /** The post becomes visible this much later. */
  commitMs: number;
  /** The listing holds it this much later. */
  listingMs: number;
  ghost: boolean;
  shuffle: boolean;
  /** The listing is as it was at this moment. */
  asOfMs: number;
  /** The same, of what stands under one post. */
  answersAsOfMs: number;
};

export function twistOf(fault: Fault | null): Twist {
  return {
    commitMs: fault?.kind === "late_commit" ? fault.delayMs : 0,
    listingMs: fault?.kind === "listing_lag" ? fault.delayMs : 0,
    ghost: fault?.kind === "ghost_duplicate",
    shuffle: fault?.kind === "reordered_listing",
    asOfMs: Infinity,
    answersAsOfMs: Infinity,
  };
}

/** The errors of a platform in its own shape, as faults bring them about. */
export type ErrorBodies = {
  unavailable(): Answer;
  internal(): Answer;
  throttled(seconds: number): Answer;
  /** The error that `code` of a fault names; absent where a platform has no such switch. */
  refusal?(code: string): Answer;
};

/** The answer of a fault that keeps the request from being handled at all; null where it is handled. */
export function insteadOf(fault: Fault | null, bodies: ErrorBodies): Answer | null {
  if (fault?.kind === "error_before_commit") return bodies.unavailable();
  const throttled = () => bodies.throttled(Math.max(1, Math.ceil((fault?.delayMs ?? 0) / 1000)));
  if (fault?.kind === "throttle") return throttled();
  if (fault?.kind === "throttle_until") return withHeader(throttled(), "retry-after", untilDate);
  if (fault?.kind === "throttle_in_ms") return withHeader(throttled(), "x-rate-limit-reset", inMilliseconds);
  if (fault?.kind === "reset_before_commit") return bodies.internal();
  if (fault?.kind === "refusal") return bodies.refusal?.(fault.code) ?? bodies.internal();
  return null;
}

const untilDate = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();
const inMilliseconds = (seconds: number) => String(seconds * 1_000);

/** Another spelling of a number in a header, where the platform sends it. */
function withHeader(answer: Answer, name: string, spell: (number: number) => string): Answer {
  const value = answer.headers[name];
  return value === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, [name]: spell(Number(value)) } };
}

/** Lets the fault have its way with an answer that is already decided; null where the connection has ended. */
export async function sendThrough(
  fault: Fault | null,
  answer: Answer,
  response: ServerResponse,
  bodies: ErrorBodies,
): Promise<Answer | null> {
  switch (fault?.kind) {
    case "lost_answer":
    case "late_commit":
      response.destroy();
      return null;
    case "reset_before_commit":
      response.socket?.resetAndDestroy();
      return null;
    case "cut_answer":
      send(response, answer, 0.5);
      return null;
    case "error_after_commit":
      return bodies.internal();
    case "refusal_after_commit":
      return bodies.refusal?.(fault.code) ?? bodies.internal();
    case "garbled":
      return {
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html><body>Hello</body></html>",
      };
    case "firewall_page":
      return {
        status: 403,
        headers: { "content-type": "text/html" },
        body: "<html><body><h1>403 Forbidden</h1>Your request was blocked. Ray ID: 8f2</body></html>",
      };
    case "slow":
      await pause(fault.delayMs);
      return answer;
    case "slow_body": {
      // Without a length it comes in chunks, so that even an empty body has an end to wait for.
      const length = Buffer.byteLength(answer.body);
      response.writeHead(answer.status, {
        ...answer.headers,
        ...(length === 0 ? {} : { "content-length": length }),
      });
      response.flushHeaders();
      await pause(fault.delayMs);
      response.end(answer.body);
      return null;
    }
    case "error_before_commit":
    case "throttle":
    case "throttle_until":
    case "throttle_in_ms":
    case "sent_twice":
    case "refusal":
    case "listing_lag":
    case "ghost_duplicate":
    case "reordered_listing":
    case undefined:
      return answer;
  }
}
