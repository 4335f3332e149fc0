import { withoutSuspicious } from "./invisible.ts";
import type { JsonObject } from "./json.ts";

/**
 * What kind of failure an error is. `edge/http` is the only place that maps a kind to a status code;
 * the command line maps it to an exit code.
 */
export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "too_large"
  | "unprocessable"
  | "rate_limited"
  | "unavailable"
  | "internal";

/** One thing that is wrong with an input. `path` is a JSON Pointer (RFC 6901) into that input. */
export type Problem = { path: string; code: string; message: string };

/**
 * What is noted of a refusal and told to no client. `event`: its name in the OWASP Logging Vocabulary (cheat sheet
 * series), such as `authn_login_fail`. `details`: few, and never a secret or a text of a person.
 */
export type SecurityNote = { event: string; details: JsonObject; userId?: string | null };

export type ErrorDetails = {
  /** Stable, `module.reason`, for programs. */
  code: string;
  kind: ErrorKind;
  /**
   * Plain words for a person: what is wrong and what to do. Never holds a secret. Of what they quote, a platform's
   * words or a name, they keep what a reader sees.
   */
  message: string;
  problems?: Problem[];
  /** True when the same call may succeed later without a change. */
  retryable?: boolean;
  /** Seconds to wait before trying again, where known. */
  retryAfterSeconds?: number;
  /** Where the refusal is one that whoever guards this installation should know of. */
  security?: SecurityNote;
  cause?: unknown;
};

/** The root of every error that Galley throws on purpose. Each module derives one class of its own. */
export class GalleyError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly problems: readonly Problem[];
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | null;
  readonly security: SecurityNote | null;

  constructor(details: ErrorDetails) {
    super(withoutSuspicious(details.message), details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.kind = details.kind;
    this.problems = (details.problems ?? []).map((problem) => ({
      ...problem,
      message: withoutSuspicious(problem.message),
    }));
    this.retryable = details.retryable ?? false;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
    this.security = details.security ?? null;
  }
}
