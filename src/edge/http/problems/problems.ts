import type { FastifyError } from "fastify";
import type { ErrorKind, Problem } from "#kit";
import { GalleyError } from "#kit";
import { isDatabaseUnavailable, sqlState } from "#platform/db";
import { HttpError } from "../errors.ts";

/** The only place where a kind of failure becomes a status code. */
const statusOfKind: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unprocessable: 422,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};

/** RFC 9457, with our `code`, `errors` and the id under which the log has the rest. */
export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  retryable: boolean;
  errors: readonly Problem[];
};

export type ProblemAnswer = {
  document: ProblemDocument;
  retryAfterSeconds: number | null;
  expected: boolean;
};

/** What a client is told about an error. `expected` is false for a mistake of ours, which is worth a log line. */
export function problemOf(error: unknown, requestId: string): ProblemAnswer {
  const known = asGalleyError(error);
  // Fastify's statuses are finer than our kinds: 415, 414.
  const status =
    known instanceof HttpError && known.status !== null
      ? known.status
      : known.cause === error && isFastifyError(error)
        ? (error.statusCode ?? 500)
        : statusOfKind[known.kind];
  return {
    document: {
      type: `urn:galley:problem:${known.code}`,
      title: titles[status] ?? titles[statusOfKind[known.kind]] ?? internalTitle,
      status,
      // A mistake of ours may hold anything in its message, so nobody outside reads it.
      detail: known.kind === "internal" ? internalAdvice : known.message,
      code: known.code,
      requestId,
      retryable: known.retryable,
      errors: known.kind === "internal" ? [] : known.problems,
    },
    retryAfterSeconds: known.retryAfterSeconds,
    expected: known.kind !== "internal",
  };
}

const internalTitle = "Something went wrong in Galley";

/** What happened, in a few words; the detail says what to do about it. */
const titles: Record<number, string> = {
  400: "Something in this request is not right",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  408: "The request took too long",
  409: "Not possible as things stand",
  413: "Too large",
  414: "The address is too long",
  415: "This kind of content is not taken here",
  421: "This server does not answer under that name",
  422: "Something has to be changed first",
  429: "Too many requests",
  500: internalTitle,
  503: "Not available right now",
};

const internalAdvice = "Something went wrong in Galley. The log has the details under this request id.";

function asGalleyError(error: unknown): GalleyError {
  if (error instanceof GalleyError) return error;
  if (isDatabaseUnavailable(error)) {
    return new HttpError({
      code: "http.database_unavailable",
      kind: "unavailable",
      message: "The database can't be reached. Nothing was lost; try again in a few seconds.",
      retryable: true,
      retryAfterSeconds: 5,
      cause: error,
    });
  }
  if (isDiskFull(error)) {
    return new HttpError({
      code: "http.disk_full",
      kind: "unavailable",
      message: "The server's disk is full, so this was not saved. Free some space and try again.",
      retryable: true,
      retryAfterSeconds: 60,
      cause: error,
    });
  }
  return (
    fromFastify(error) ??
    new HttpError({ code: "http.internal", kind: "internal", message: "", cause: error })
  );
}

/** SQLSTATE 53100 is PostgreSQL's `disk_full` (manual, appendix A). */
function isDiskFull(error: unknown): boolean {
  return (
    sqlState(error) === "53100" || (error instanceof Error && "code" in error && error.code === "ENOSPC")
  );
}

/** Fastify's own refusals: they say what is wrong with the request and hold no secret. */
const fastifyKinds: Record<number, ErrorKind> = {
  400: "invalid",
  404: "not_found",
  408: "unavailable",
  411: "invalid",
  413: "too_large",
  414: "too_large",
  415: "invalid",
  429: "rate_limited",
  503: "unavailable",
};

function fromFastify(error: unknown): GalleyError | null {
  if (!isFastifyError(error)) return null;
  const kind = fastifyKinds[error.statusCode ?? 500];
  if (kind === undefined) return null;
  const message = fastifyAdvice[error.code] ?? adviceOfStatus[error.statusCode ?? 500] ?? internalAdvice;
  return new HttpError({ code: fastifyCode(error.code), kind, message, cause: error });
}

/** Fastify's own words name its parts, and those of JSON's parser a position; neither helps who sent the request. */
const adviceOfStatus: Record<number, string> = {
  400: "Galley could not read this request. Check that its body is whole and in the form that its headers say.",
  404: "There is nothing at this address.",
  408: "The request did not arrive in time. Send it again.",
  411: "Send this request with the header Content-Length.",
  413: "This request is larger than Galley accepts here.",
  414: "This address is longer than Galley accepts.",
  415: "Send this request with the header Content-Type: application/json.",
  429: "Too many requests at once. Wait a moment and send it again.",
  503: "Galley is stopping or starting. Send this again in a moment.",
};

const fastifyAdvice: Record<string, string> = {
  FST_ERR_CTP_EMPTY_JSON_BODY:
    "The body is empty, where JSON was announced. Send {} or leave Content-Type out.",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "The body is not as long as its Content-Length says. Send it again.",
  FST_ERR_CTP_BODY_TOO_LARGE: "This request is larger than Galley accepts here.",
  FST_ERR_BAD_URL: "This address is broken: an escape in it (% and two digits) stands for nothing.",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "Send this request with the header Content-Type: application/json.",
  FST_REQ_FILE_TOO_LARGE: "This file is larger than Galley accepts.",
};

/** `FST_ERR_CTP_BODY_TOO_LARGE` becomes `http.body_too_large`. */
function fastifyCode(code: string): string {
  return `http.${code.replace(/^FST_(ERR_)?(CTP_|REQ_)?/, "").toLowerCase()}`;
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "statusCode" in error && "code" in error && typeof error.code === "string";
}
