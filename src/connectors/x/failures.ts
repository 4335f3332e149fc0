import { z } from "zod";
import { evidenceOf, failureOf, isFinalStatus, parseJson } from "../answers.ts";
import type { ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

const platform = { id: "x", name: "X" };

// https://docs.x.com/x-api/fundamentals/response-codes-and-errors; older answers carry a list of errors instead.
const problemSchema = z.object({
  title: z.string().catch(""),
  detail: z.string().catch(""),
  type: z.string().catch(""),
  errors: z.array(z.looseObject({ message: z.string().catch("") })).catch([]),
});

/** What X said: its words, and the last part of its problem type ("usage-capped"). */
function problemOf(response: ConnectorResponse): { words: string; title: string; type: string } {
  const parsed = problemSchema.safeParse(parseJson(new TextDecoder().decode(response.body)));
  if (!parsed.success) return { words: "", title: "", type: "" };
  const { title, detail, type, errors } = parsed.data;
  const words = [detail, ...errors.map((error) => error.message), title].find((text) => text !== "") ?? "";
  return { words, title, type: type.split("/").at(-1) ?? "" };
}

/** What a refusal of the API means for the post and for the channel, in plain words. */
export function xFailure(response: ConnectorResponse, now: Date = new Date()): ConnectorFailure {
  const { status } = response;
  const said = problemOf(response);
  const evidence = evidenceOf(response);
  const isOwn = `${said.words}${said.title}${said.type}` !== "";
  if (isFinalStatus(status) && !isOwn) return failureOf(platform, response, { isOwn });
  if (status === 402 || said.type === "usage-capped" || said.title === "CreditsDepleted") {
    return new ConnectorFailure({
      verdict: "rejected",
      code: status === 402 ? "x.no_credits" : "x.usage_cap",
      message:
        status === 402
          ? "The X app has no credits left, so nothing was posted. Buy credits at console.x.com, then publish this post again."
          : "The X app has reached its spending limit or usage cap, so nothing was posted. Raise it at console.x.com, or wait for the next billing cycle, then publish this post again.",
      evidence,
    });
  }
  if (status === 403) return forbidden(said, evidence);
  if (status === 429) {
    const seconds = secondsUntilReset(response, now);
    return new ConnectorFailure({
      verdict: "throttled",
      code: "x.throttled",
      message: "X takes no more requests from this account for the moment; Galley waits until it does.",
      evidence,
      ...(seconds === null ? {} : { retryAfterSeconds: seconds }),
    });
  }
  if (isFinalStatus(status) && status !== 401) {
    return new ConnectorFailure({
      verdict: "rejected",
      code: "x.rejected",
      message: `X refused: ${said.words === "" ? `status ${status}` : said.words}`,
      evidence,
    });
  }
  if (status === 401) {
    return new ConnectorFailure({
      verdict: "unauthorized",
      code: "x.unauthorized",
      message:
        "X does not accept Galley's access to this account: it has ended or was withdrawn. Where renewing it does not help, connect the channel again.",
      // X answers both alike; the refresh tells which it is.
      refreshable: true,
      evidence,
    });
  }
  return failureOf(platform, response);
}

type Reason = { matches: RegExp; verdict: "rejected" | "unauthorized"; code: string; message: string };

/** X tells most reasons of a 403 by its words alone. */
const reasons: Reason[] = [
  {
    matches: /duplicate content|status is a duplicate/i,
    verdict: "rejected",
    code: "x.duplicate",
    message:
      "X refused this text because the account has posted the very same text lately. Change a word, or cancel this post if the earlier one is meant.",
  },
  {
    matches: /temporarily locked|account is locked|locked out/i,
    verdict: "unauthorized",
    code: "x.account_locked",
    message:
      "X has locked this account for now. Sign in at x.com, do what it asks there (a code, a captcha), then connect the channel again.",
  },
  {
    matches: /suspended/i,
    verdict: "unauthorized",
    code: "x.account_suspended",
    message:
      "X has suspended this account, so it cannot post. Appeal at help.x.com/forms/account-access/appeals; when X has restored it, connect the channel again.",
  },
  {
    matches: /oauth1-permissions|app permissions|not configured with the appropriate/i,
    verdict: "unauthorized",
    code: "x.app_read_only",
    message:
      "The X app may only read. At developer.x.com, open the app's user authentication settings, choose “Read and write”, then connect the channel again.",
  },
  {
    matches: /client-forbidden|client-not-enrolled|enrolled in the requested endpoint/i,
    verdict: "unauthorized",
    code: "x.app_not_enrolled",
    message:
      "X does not let this app use its API. At developer.x.com, put the app into a project with pay-per-use access, then connect the channel again.",
  },
  {
    matches: /text is too long|shorter/i,
    verdict: "rejected",
    code: "x.too_long",
    message: "X says that this text is too long for the account. Shorten it to 280 characters.",
  },
];

function forbidden(said: { words: string; type: string }, evidence: string): ConnectorFailure {
  const reason = reasons.find(({ matches }) => matches.test(`${said.words} ${said.type}`));
  if (reason) {
    const { verdict, code, message } = reason;
    return new ConnectorFailure({ verdict, code, message, refreshable: false, evidence });
  }
  return new ConnectorFailure({
    verdict: "rejected",
    code: "x.forbidden",
    message: `X does not permit this: ${said.words === "" ? "it gives no reason" : said.words} If this goes on, connect the channel again and allow everything that Galley asks for.`,
    evidence,
  });
}

/**
 * Seconds until the window that is used up begins anew, by X's own clock where it tells the time. A used-up
 * day counts before the quarter of an hour.
 */
function secondsUntilReset(response: ConnectorResponse, now: Date): number | null {
  const { headers } = response;
  const resets = [
    ["x-app-limit-24hour-remaining", "x-app-limit-24hour-reset"],
    ["x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"],
  ].flatMap(([remaining = "", reset = ""]) => (headers[remaining] === "0" ? [headers[reset]] : []));
  const reset = Number(resets[0] ?? headers["x-rate-limit-reset"] ?? "");
  if (!Number.isInteger(reset) || reset <= 0) return null;
  const told = Date.parse(headers["date"] ?? "");
  const present = Number.isNaN(told) ? now.getTime() : told;
  return Math.max(1, Math.ceil(reset - present / 1000));
}
