import type { Problem } from "#kit";
import { answerText } from "./messages.ts";

/** What the API answers when it refuses (RFC 9457), or what happened instead of an answer. */
export class ApiError extends Error {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Stable, `module.reason`; `network.lost` when no answer came. */
  readonly code: string;
  readonly problems: readonly Problem[];
  readonly requestId: string | null;

  constructor(details: {
    status: number;
    code: string;
    message: string;
    problems?: readonly Problem[];
    requestId?: string | null;
  }) {
    super(details.message);
    this.name = "ApiError";
    this.status = details.status;
    this.code = details.code;
    this.problems = details.problems ?? [];
    this.requestId = details.requestId ?? null;
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    "message" in value &&
    typeof value.message === "string" &&
    "path" in value &&
    typeof value.path === "string"
  );
}

/** What a proxy in front of Galley may answer in its place, without a word of what happened. */
function wordsOfStatus(status: number): string {
  if (status === 413) return answerText.tooLarge;
  if (status === 429) return answerText.tooMany;
  return status >= 500 ? answerText.starting : answerText.refused;
}

/** Reads a refusal. Proxies answer without a problem document; then the status speaks. */
export async function problemOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("x-request-id");
  const body: unknown = await response.json().catch(() => null);
  const fields = typeof body === "object" && body !== null ? body : {};
  const detail = "detail" in fields && typeof fields.detail === "string" ? fields.detail : null;
  const title = "title" in fields && typeof fields.title === "string" ? fields.title : null;
  return new ApiError({
    status: response.status,
    code: "code" in fields && typeof fields.code === "string" ? fields.code : `http.${response.status}`,
    message: detail ?? title ?? wordsOfStatus(response.status),
    problems: "errors" in fields && Array.isArray(fields.errors) ? fields.errors.filter(isProblem) : [],
    requestId,
  });
}

/** The first message about one field, by JSON Pointer: `fieldError(error, "/email")`. */
export function fieldError(error: unknown, pointer: string): string | null {
  if (!(error instanceof ApiError)) return null;
  const found = error.problems.find(
    (problem) => problem.path === pointer || problem.path.startsWith(`${pointer}/`),
  );
  return found?.message ?? null;
}

/** True where no field shows the error, so that the form has to. */
export function isGeneral(error: unknown, pointers: string[]): boolean {
  if (!error) return false;
  return !pointers.some((pointer) => fieldError(error, pointer));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}

/** Nobody answered, or Galley said "not now": the same may be asked again. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 503);
}
