import { z } from "zod";
import type { ConnectorResponse } from "./contract.ts";
import { ConnectorFailure } from "./failure.ts";

const decoder = new TextDecoder();
const longestEvidence = 500;

/** Who answered, for error codes (`bluesky.rejected`) and messages ("Bluesky answered ..."). */
export type Platform = { id: string; name: string };

/** The answer's body as `schema` wants it; an answer without sense is `unknown`: something may have happened. */
export function parseAnswer<Schema extends z.ZodType>(
  platform: Platform,
  response: ConnectorResponse,
  schema: Schema,
): z.output<Schema> {
  const text = decoder.decode(response.body);
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unknown",
    code: `${platform.id}.unreadable_answer`,
    message: `${platform.name} answered, but not in a way that says what became of the request.`,
    evidence: evidenceOf(response),
  });
}

/** JSON or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isSuccess(response: ConnectorResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

const refusal = z.object({ error: z.string().optional(), message: z.string().optional() });

/** The platform's own error code and words, where its answer has them. */
export function refusalOf(response: ConnectorResponse): { error: string; message: string } {
  const parsed = refusal.safeParse(parseJson(decoder.decode(response.body)));
  return { error: parsed.data?.error ?? "", message: parsed.data?.message ?? "" };
}

/**
 * What a refusing status says, by the rule that holds on every platform: 429 is `throttled`, 401
 * `unauthorized`, 408 and 5xx and anything unforeseen `unknown`, another 4xx `rejected`. A 4xx is the platform's word
 * only in the platform's own form: a firewall or a proxy that answers for it may have passed the request on before, and
 * refuse no more than its second try.
 *
 * @param options.refreshable whether this platform's 401 may pass with a new access token
 * @param options.isOwn whether the answer has the platform's form; a JSON object with `error` or `message` where it is not said
 * @param options.repeatable whether to ask twice does no harm, as for a token: it waits for whoever asks it to
 */
export function failureOf(
  platform: Platform,
  response: ConnectorResponse,
  options: { refreshable?: boolean; isOwn?: boolean; repeatable?: boolean } = {},
): ConnectorFailure {
  const { status } = response;
  const { error, message: words } = refusalOf(response);
  const { refreshable = false, isOwn = error !== "" || words !== "", repeatable = false } = options;
  const said = words === "" ? `status ${status}` : words;
  const evidence = evidenceOf(response);
  const wait = status === 429 ? waitOf(retryAfterOf(response)) : {};
  if (status === 429 && (isOwn || repeatable)) {
    return new ConnectorFailure({
      verdict: "throttled",
      code: `${platform.id}.throttled`,
      message: `${platform.name} asks to wait before the next request.`,
      evidence,
      ...wait,
    });
  }
  if (status === 401 && isOwn) {
    return new ConnectorFailure({
      verdict: "unauthorized",
      code: `${platform.id}.unauthorized`,
      message: refreshable
        ? `${platform.name} wants a fresh sign-in: ${said}`
        : `${platform.name} no longer accepts this connection: ${said} Connect the channel again.`,
      refreshable,
      evidence,
    });
  }
  if (isOwn && isFinalStatus(status)) {
    return new ConnectorFailure({
      verdict: "rejected",
      code: `${platform.id}.rejected`,
      message: `${platform.name} refused: ${said}`,
      evidence,
    });
  }
  return new ConnectorFailure({
    verdict: "unknown",
    code: `${platform.id}.no_clear_answer`,
    message: `${platform.name} answered with status ${status}, which does not say what became of the request.`,
    evidence,
    ...wait,
  });
}

function waitOf(seconds: number | null): { retryAfterSeconds?: number } {
  return seconds === null ? {} : { retryAfterSeconds: seconds };
}

/** The status and the platform's words, short enough for the record of an attempt. */
export function evidenceOf(response: ConnectorResponse): string {
  const text = decoder.decode(response.body);
  return `${response.status} ${text.slice(0, longestEvidence)}`.trimEnd().toWellFormed();
}

/** Whether a status refuses for good, if it is the platform that says so: a 4xx but 408. */
export function isFinalStatus(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408;
}

/**
 * How long to wait by `Retry-After` (RFC 9110 section 10.2.3), in seconds: as a number, or up to a date by the clock
 * of the answer itself; null where it says nothing.
 */
export function retryAfterOf({ headers }: Pick<ConnectorResponse, "headers">): number | null {
  const value = (headers["retry-after"] ?? "").trim();
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const until = /^[A-Z][a-z]{2,8},/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(until)) return null;
  const told = Date.parse(headers["date"] ?? "");
  return Math.max(1, Math.ceil((until - (Number.isNaN(told) ? Date.now() : told)) / 1000));
}
