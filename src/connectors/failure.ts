import type { ErrorKind } from "#kit";
import { GalleyError, withoutSuspicious } from "#kit";
import type { RecipientAnswer } from "./mail-port.ts";
import type { Verdict } from "./verdict.ts";

export type FailureDetails = {
  verdict: Verdict;
  /** Stable, `connector.reason`. */
  code: string;
  /** Plain words for the person who reads the delivery: what happened and what to do. */
  message: string;
  /** With `unauthorized`: whether a refresh may help. */
  refreshable?: boolean;
  retryAfterSeconds?: number;
  /** The platform's status and words, for the attempt's record; without secrets. */
  evidence?: string;
  /** With `unknown`: recipients that will not have it even if it is out. */
  refused?: RecipientAnswer[];
  cause?: unknown;
};

const kinds = {
  rejected: "unprocessable",
  unauthorized: "unauthenticated",
  throttled: "rate_limited",
  not_sent: "unavailable",
  unknown: "unavailable",
} satisfies Record<Verdict, ErrorKind>;

/** A day: a platform that asks for more has misspoken, as one that tells milliseconds for seconds. */
const longestWaitSeconds = 86_400;

/** The one error that a connector throws. */
export class ConnectorFailure extends GalleyError {
  readonly verdict: Verdict;
  readonly refreshable: boolean;
  readonly evidence: string | null;
  readonly refused: readonly RecipientAnswer[];

  constructor(details: FailureDetails) {
    super({
      code: details.code,
      kind: kinds[details.verdict],
      message: details.message,
      retryable: details.verdict === "not_sent" || details.verdict === "throttled",
      ...(details.retryAfterSeconds === undefined
        ? {}
        : { retryAfterSeconds: Math.min(Math.max(0, details.retryAfterSeconds), longestWaitSeconds) }),
      ...(details.cause === undefined ? {} : { cause: details.cause }),
    });
    this.verdict = details.verdict;
    this.refreshable = details.refreshable ?? false;
    this.evidence = details.evidence === undefined ? null : withoutSuspicious(details.evidence);
    this.refused = details.refused ?? [];
  }
}

/**
 * A connection that broke, as a verdict: `before` the first byte left nothing can have happened, `after`
 * it anything may have. `code` and `message` are those of the HTTP client.
 */
export function transportFailure(broken: {
  phase: "before" | "after";
  code: string;
  message: string;
}): ConnectorFailure {
  return new ConnectorFailure({
    verdict: broken.phase === "before" ? "not_sent" : "unknown",
    code: broken.code,
    message: broken.message,
    cause: broken,
  });
}
