import type { Answer } from "../http.ts";
import { json, Refusal } from "../http.ts";

/** An error in the shape of the X API: RFC 9457 fields, as its documentation and its users' logs show them. */
export type Problem = { status: number; title: string; detail: string; type: string };

const types = "https://api.x.com/2/problems";

export const problems = {
  duplicate: forbidden("You are not allowed to create a Tweet with duplicate content."),
  suspended: forbidden("Your account is suspended and is not permitted to access this feature."),
  locked: forbidden(
    "To protect our users from spam and other malicious activity, this account is temporarily locked.",
  ),
  forbidden: forbidden("You are not permitted to perform this action."),
  "too-long": forbidden("Your Tweet text is too long."),
  "app-read-only": {
    status: 403,
    title: "Forbidden",
    detail:
      "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
    type: `${types}/oauth1-permissions`,
  },
  "client-forbidden": {
    status: 403,
    title: "Client Forbidden",
    detail:
      "This request must be made using an approved developer account that is enrolled in the requested endpoint.",
    type: `${types}/client-forbidden`,
  },
  credits: {
    status: 402,
    title: "CreditsDepleted",
    detail: "Your enrolled account [1] does not have any credits to fulfill this request.",
    type: `${types}/credits`,
  },
  "usage-capped": {
    status: 429,
    title: "UsageCapExceeded",
    detail: "Usage cap exceeded: Monthly product cap",
    type: `${types}/usage-capped`,
  },
  invalid: {
    status: 400,
    title: "Invalid Request",
    detail: "One or more parameters to your request was invalid.",
    type: `${types}/invalid-request`,
  },
  unauthorized: { status: 401, title: "Unauthorized", detail: "Unauthorized", type: "about:blank" },
  "not-found": {
    status: 404,
    title: "Not Found Error",
    detail: "Could not find what you asked for.",
    type: `${types}/resource-not-found`,
  },
  "media-failed": {
    status: 400,
    title: "Invalid Request",
    detail: "Your media IDs are invalid.",
    type: `${types}/invalid-request`,
  },
} satisfies Record<string, Problem>;

export type ProblemName = keyof typeof problems;

function forbidden(detail: string): Problem {
  return { status: 403, title: "Forbidden", detail, type: "about:blank" };
}

export function problem(name: ProblemName, headers: Record<string, string> = {}): Answer {
  return problemAnswer(problems[name], headers);
}

function problemAnswer(wrong: Problem, headers: Record<string, string> = {}): Answer {
  return json(wrong, wrong.status, { "content-type": "application/problem+json", ...headers });
}

/** A refusal under a name of `problems`, with its own words where there are some. */
export function refuse(name: ProblemName, detail: string = problems[name].detail): Refusal {
  return new Refusal(problems[name].status, name, detail);
}

/** What a handler threw, as the API says it. */
export function refusedAnswer(refusal: Refusal): Answer {
  const known = Object.entries(problems).find(([name]) => name === refusal.code)?.[1];
  const fallback: Problem = {
    status: refusal.status,
    title: "Invalid Request",
    detail: "",
    type: `${types}/invalid-request`,
  };
  return problemAnswer({ ...(known ?? fallback), detail: refusal.message }, refusal.headers);
}
