import { z } from "zod";
import { parseJson } from "../answers.ts";
import type { ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import type { MetaPlatform } from "./settings.ts";

const decoder = new TextDecoder();

const errorSchema = z.object({
  error: z.object({
    message: z.string().default(""),
    code: z.int(),
    error_subcode: z.int().optional(),
    error_user_msg: z.string().optional(),
    is_transient: z.boolean().optional(),
    fbtrace_id: z.string().optional(),
  }),
});

export type GraphError = z.output<typeof errorSchema>["error"];

/** The error in an answer of the Graph API; null where it has none. */
export function graphErrorOf(response: ConnectorResponse): GraphError | null {
  const parsed = errorSchema.safeParse(parseJson(decoder.decode(response.body)));
  return parsed.success ? parsed.data.error : null;
}

/** Which permission a request needs, and whether the channel is of use without it. */
export type Asked = { permission: string; channelNeedsIt: boolean };

// https://developers.facebook.com/docs/graph-api/guides/error-handling; 80001 and 80002 are the
// business use case limits of Pages and Instagram.
const throttles = new Set([4, 17, 32, 341, 613, 80001, 80002]);
const permissionCodes = new Set([3, 10]);

/**
 * What an error of the Graph API says about the world. A code counts more than the status: most errors
 * come as 400. Codes -1, -2, 1 and 2 and every 5xx leave open what happened, and so does Instagram's
 * 2207051, whose post has been seen to appear although it was called restricted.
 */
export function graphFailure(
  platform: MetaPlatform,
  response: ConnectorResponse,
  asked: Asked,
): ConnectorFailure {
  const error = graphErrorOf(response);
  const evidence = evidenceOf(response, error);
  const fail = (details: Omit<ConstructorParameters<typeof ConnectorFailure>[0], "evidence">) =>
    new ConnectorFailure({ ...details, evidence });
  if (error === null) return fail(withoutError(platform, response));
  const { code, error_subcode: subcode } = error;
  const unclear = [-2, -1, 1, 2].includes(code) && !isSettledSubcode(subcode);
  if (unclear || subcode === 2207051 || response.status >= 500) {
    return fail({
      verdict: "unknown",
      code: `${platform.id}.no_clear_answer`,
      message: `${platform.name} answered with an error that does not say whether it was published: ${said(error)}`,
    });
  }
  if (code === 190 || code === 102) return fail(endedAccess(platform, error));
  if (throttles.has(code) || response.status === 429) {
    const seconds = waitOf(response);
    return fail({
      verdict: "throttled",
      code: `${platform.id}.throttled`,
      message: `${platform.name} asks to wait: too many requests for this app or account.`,
      ...(seconds === null ? {} : { retryAfterSeconds: seconds }),
    });
  }
  if (code === 9 && subcode === 2207042) {
    return fail({
      verdict: "throttled",
      code: `${platform.id}.daily_limit`,
      message: `${platform.name} takes no more posts of this account today.`,
      retryAfterSeconds: 3_600,
    });
  }
  if (permissionCodes.has(code) || (code >= 200 && code <= 299))
    return fail(noPermission(platform, error, asked));
  return fail(refused(platform, error));
}

/** Subcodes that are a clear refusal under one of the unclear codes. */
function isSettledSubcode(subcode: number | undefined): boolean {
  return subcode === 2207057 || subcode === 2207020;
}

function withoutError(
  platform: MetaPlatform,
  response: ConnectorResponse,
): ConstructorParameters<typeof ConnectorFailure>[0] {
  const seconds = response.status === 429 ? waitOf(response) : null;
  return {
    verdict: "unknown",
    code: `${platform.id}.no_clear_answer`,
    message: `${platform.name} answered with status ${response.status} and no reason, which does not say what became of the request.`,
    ...(seconds === null ? {} : { retryAfterSeconds: seconds }),
  };
}

const endings: Record<number, string> = {
  458: "the app was removed from the person's account settings",
  459: "Facebook wants the person to sign in at facebook.com first (a security check)",
  460: "the person's password has changed",
  463: "the access has expired",
  464: "the person's account is not confirmed",
  467: "the access was withdrawn",
  492: "the person no longer has a role on this Page",
};

function endedAccess(
  platform: MetaPlatform,
  error: GraphError,
): ConstructorParameters<typeof ConnectorFailure>[0] {
  const why = endings[error.error_subcode ?? 0] ?? `it was refused (${said(error)})`;
  return {
    verdict: "unauthorized",
    code: `${platform.id}.unauthorized`,
    refreshable: false,
    message: `${platform.name} no longer accepts this connection: ${why}. Connect the channel again.`,
  };
}

function noPermission(
  platform: MetaPlatform,
  error: GraphError,
  asked: Asked,
): ConstructorParameters<typeof ConnectorFailure>[0] {
  const named = /\b(?:pages|instagram|business)_[a-z_]+/.exec(error.message)?.[0];
  const permission = named ?? asked.permission;
  return {
    verdict: asked.channelNeedsIt ? "unauthorized" : "rejected",
    refreshable: false,
    code: `${platform.id}.permission_missing`,
    message: `${platform.name} says that the permission ${permission} is missing, or that the person who connected may not do this on the Page. Connect the channel again and allow ${permission}; the app needs it at "Advanced access" unless that person has a role in the app, and the person needs "Content" access to the Page.`,
  };
}

function refused(
  platform: MetaPlatform,
  error: GraphError,
): ConstructorParameters<typeof ConnectorFailure>[0] {
  if (error.code === 506) {
    return {
      verdict: "rejected",
      code: `${platform.id}.duplicate`,
      message: `${platform.name} takes the same text not twice in a row. Change the text, or publish something else first.`,
    };
  }
  if (error.code === 368) {
    return {
      verdict: "rejected",
      code: `${platform.id}.blocked`,
      message: `${platform.name} has blocked this for the time being (${said(error)}). See Page quality or Account status there, wait, and publish it again.`,
    };
  }
  return {
    verdict: "rejected",
    code: `${platform.id}.rejected`,
    message: `${platform.name} refused: ${said(error)}`,
  };
}

/** The platform's own words, without anything that looks like a token. */
export function said(error: GraphError): string {
  const words = (error.error_user_msg ?? error.message).replaceAll(/EA[A-Za-z0-9]{20,}/g, "[token]").trim();
  const text = words === "" ? `error ${error.code}` : words;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function evidenceOf(response: ConnectorResponse, error: GraphError | null): string {
  if (error === null)
    return `${response.status} ${decoder.decode(response.body).slice(0, 300)}`.trimEnd().toWellFormed();
  const code = error.error_subcode === undefined ? `${error.code}` : `${error.code}/${error.error_subcode}`;
  return `${response.status} ${code} ${said(error)} trace ${error.fbtrace_id ?? "-"}`
    .slice(0, 500)
    .toWellFormed();
}

const usageSchema = z.record(
  z.string(),
  z.array(z.object({ estimated_time_to_regain_access: z.number().nonnegative().optional() })),
);

/** Seconds to wait: the usage header counts in minutes; `Retry-After` where that is missing; null without both. */
function waitOf(response: ConnectorResponse): number | null {
  const usage = usageSchema.safeParse(parseJson(response.headers["x-business-use-case-usage"] ?? ""));
  const minutes = usage.success
    ? Object.values(usage.data).flatMap((list) => list.map((one) => one.estimated_time_to_regain_access ?? 0))
    : [];
  const longest = Math.max(0, ...minutes);
  if (longest > 0) return Math.ceil(longest * 60);
  const after = response.headers["retry-after"] ?? "";
  return /^\d{1,6}$/.test(after) ? Number(after) : null;
}
