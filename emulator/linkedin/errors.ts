import type { ErrorBodies } from "../faults.ts";
import type { Answer } from "../http.ts";
import { json, Refusal } from "../http.ts";

/** LinkedIn's envelope: `{status, serviceErrorCode, code, message}`. */
function envelope(status: number, serviceErrorCode: number | null, code: string, message: string): Answer {
  return json({ status, ...(serviceErrorCode === null ? {} : { serviceErrorCode }), code, message }, status);
}

/** A refusal in that envelope, with more fields where an error has them. */
export class LinkedInRefusal extends Refusal {
  readonly answer: Answer;

  constructor(
    status: number,
    serviceErrorCode: number | null,
    code: string,
    message: string,
    more: Record<string, unknown> = {},
  ) {
    super(status, code, message);
    this.answer =
      Object.keys(more).length === 0
        ? envelope(status, serviceErrorCode, code, message)
        : json({ status, code, message, ...more }, status);
  }
}

export function invalidToken(): LinkedInRefusal {
  return new LinkedInRefusal(401, 65_600, "INVALID_ACCESS_TOKEN", "Invalid access token");
}

export function revokedToken(): LinkedInRefusal {
  const message = "The token used in the request has been revoked by the user";
  return new LinkedInRefusal(401, 65_601, "REVOKED_ACCESS_TOKEN", message);
}

export function expiredToken(): LinkedInRefusal {
  return new LinkedInRefusal(
    401,
    65_602,
    "EXPIRED_ACCESS_TOKEN",
    "The token used in the request has expired",
  );
}

export function accessDenied(resource: string): LinkedInRefusal {
  return new LinkedInRefusal(403, 100, "ACCESS_DENIED", `Not enough permissions to access: ${resource}`);
}

export function badRequest(message: string): LinkedInRefusal {
  return new LinkedInRefusal(400, null, "INVALID_REQUEST", message);
}

export function notFound(message: string): LinkedInRefusal {
  return new LinkedInRefusal(404, null, "NOT_FOUND", message);
}

export function invalidContent(message: string): LinkedInRefusal {
  return new LinkedInRefusal(422, null, "UNPROCESSABLE_ENTITY", message);
}

/** The text is that of a post which stands already. */
export function duplicateOf(urn: string): LinkedInRefusal {
  const message = `com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of ${urn}`;
  return new LinkedInRefusal(422, null, "UNPROCESSABLE_ENTITY", message, {
    errorDetailType: "com.linkedin.common.error.BadRequest",
    errorDetails: {
      inputErrors: [{ description: "Duplicate post is detected", input: {}, code: "DUPLICATE_POST" }],
    },
  });
}

export function dayLimit(who: "MEMBER" | "APPLICATION"): LinkedInRefusal {
  const message = `Resource level throttle ${who} DAY limit for calls to this resource is reached.`;
  return new LinkedInRefusal(429, 101, "TOO_MANY_REQUESTS", message);
}

/** `code` of a refusal fault is a status. */
export const bodies: ErrorBodies & { refused(refusal: Refusal): Answer } = {
  unavailable: () => envelope(503, null, "SERVICE_UNAVAILABLE", "Service Unavailable"),
  internal: () => envelope(500, null, "INTERNAL_SERVER_ERROR", "Internal Server Error"),
  throttled: (seconds) => {
    const { answer } = dayLimit("MEMBER");
    return { ...answer, headers: { ...answer.headers, "retry-after": String(seconds) } };
  },
  refusal: (code) => {
    const status = Number(code);
    if (status === 403) return accessDenied("partnerApiPosts.CREATE").answer;
    if (status === 422) return duplicateOf("urn:li:share:7000000000000000000").answer;
    return envelope(
      Number.isInteger(status) && status >= 400 && status < 600 ? status : 500,
      null,
      "REFUSED",
      "Refused",
    );
  },
  refused: (refusal) =>
    refusal instanceof LinkedInRefusal
      ? refusal.answer
      : envelope(refusal.status, null, refusal.code.toUpperCase(), refusal.message),
};
