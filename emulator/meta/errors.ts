import { randomBytes } from "node:crypto";
import type { Answer } from "../http.ts";
import { json, Refusal } from "../http.ts";

/** One error of the Graph API: https://developers.facebook.com/docs/graph-api/guides/error-handling */
export type GraphError = {
  status: number;
  code: number;
  subcode?: number;
  type?: string;
  message: string;
  /** What people may be shown; Instagram's errors have it. */
  userMessage?: string;
  transient?: boolean;
};

export class GraphRefusal extends Refusal {
  readonly graph: GraphError;

  constructor(graph: GraphError) {
    super(graph.status, String(graph.code), graph.message);
    this.graph = graph;
  }
}

export function errorAnswer(error: GraphError, headers: Record<string, string> = {}): Answer {
  const body = {
    message: error.message,
    type: error.type ?? "OAuthException",
    code: error.code,
    ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
    is_transient: error.transient ?? false,
    ...(error.userMessage === undefined ? {} : { error_user_msg: error.userMessage }),
    fbtrace_id: `A${randomBytes(8).toString("base64url")}`,
  };
  return json({ error: body }, error.status, headers);
}

export function invalidParameter(message: string, subcode?: number): GraphRefusal {
  return new GraphRefusal({
    status: 400,
    code: 100,
    ...(subcode === undefined ? {} : { subcode }),
    message: `(#100) ${message}`,
  });
}

/** An object that is not there, or that the token may not see: the Graph API says the same for both. */
export function noSuchObject(id: string, method: string): GraphRefusal {
  return new GraphRefusal({
    status: 400,
    code: 100,
    subcode: 33,
    type: "GraphMethodException",
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
  });
}

export function badToken(subcode: number | null, message: string): GraphRefusal {
  return new GraphRefusal({
    status: subcode === null ? 400 : 401,
    code: 190,
    ...(subcode === null ? {} : { subcode }),
    message: `Error validating access token: ${message}`,
  });
}

/** Code 200 where the permission is one of Pages, 10 where it is one of Instagram. */
export function missingPermission(code: 10 | 200, permission: string): GraphRefusal {
  const message =
    code === 200
      ? `(#200) Requires ${permission} permission to manage the object`
      : `(#10) Application does not have permission for this action; it requires ${permission}`;
  return new GraphRefusal({ status: 403, code, message });
}

/** Errors of Instagram: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes */
export function instagramError(code: number, subcode: number, userMessage: string): GraphRefusal {
  return new GraphRefusal({
    status: 400,
    code,
    subcode,
    message: code === 4 ? "Application request limit reached" : "Media error",
    userMessage,
    transient: code === -1,
  });
}

const throttles: Record<string, string> = {
  "4": "(#4) Application request limit reached",
  "17": "(#17) User request limit reached",
  "32": "(#32) Page request limit reached",
  "613": "(#613) Calls to this api have exceeded the rate limit.",
};

/** The error that a fault names: "368", "506", "190/458", "4/2207051" … with the status that goes with it. */
export function namedError(name: string): GraphError {
  const [code = "", subcode] = name.split("/");
  const known: Record<string, Omit<GraphError, "code">> = {
    "1": { status: 500, message: "An unknown error has occurred.", transient: true },
    "2": { status: 500, message: "An unexpected error has occurred. Please retry later.", transient: true },
    "10": { status: 403, message: "(#10) Application does not have permission for this action" },
    "100": { status: 400, message: "(#100) Invalid parameter" },
    "190": { status: 401, message: "Error validating access token: The session has been invalidated." },
    "200": { status: 403, message: "(#200) Requires pages_manage_posts permission to manage the object" },
    "368": {
      status: 400,
      message: "The action attempted has been deemed abusive or is otherwise disallowed",
    },
    "506": {
      status: 400,
      message: "Duplicate status message",
      userMessage:
        "This status update is identical to the last one you posted. Try posting something different, or delete your previous update.",
    },
  };
  const throttle = throttles[code];
  const rest =
    known[code] ??
    (throttle === undefined
      ? { status: 400, message: `(#${code}) An error` }
      : { status: 400, message: throttle });
  return { ...rest, code: Number(code), ...(subcode === undefined ? {} : { subcode: Number(subcode) }) };
}

/** `x-business-use-case-usage` of an account that must wait; the time is in minutes. */
export function exhaustedUsage(businessId: string, seconds: number): Record<string, string> {
  return businessUsage(businessId, 100, Math.ceil(seconds / 60));
}

export function businessUsage(businessId: string, percent: number, waitMinutes = 0): Record<string, string> {
  const usage = {
    type: "pages",
    call_count: percent,
    total_cputime: percent,
    total_time: percent,
    estimated_time_to_regain_access: waitMinutes,
  };
  return { "x-business-use-case-usage": JSON.stringify({ [businessId]: [usage] }) };
}
