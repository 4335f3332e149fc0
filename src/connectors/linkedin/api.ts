import { z } from "zod";
import type { JsonValue } from "#kit";
import { failureOf, isFinalStatus, isSuccess, parseAnswer, parseJson, retryAfterOf } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { platform, readSettings } from "./settings.ts";

const credentialsSchema = z.object({ accessToken: z.string(), refreshToken: z.string().nullable() });

export function readCredentials(context: ConnectorContext): z.output<typeof credentialsSchema> {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "linkedin.no_credentials",
    message: "This channel has no stored access; connect it again.",
  });
}

type Call = {
  method: "GET" | "POST";
  /** Below the API's address, its URNs encoded. */
  path: string;
  json?: JsonValue;
  /** Rest.li's own method, where HTTP's does not say it. */
  restliMethod?: "FINDER";
};

/** One request with the channel's token, whatever its answer. */
export function send(context: ConnectorContext, call: Call): Promise<ConnectorResponse> {
  const { apiUrl, apiVersion } = readSettings(context.settings);
  return context.http.request({
    method: call.method,
    url: `${apiUrl}${call.path}`,
    headers: {
      authorization: `Bearer ${readCredentials(context).accessToken}`,
      accept: "application/json",
      "linkedin-version": apiVersion,
      "x-restli-protocol-version": "2.0.0",
      ...(call.json === undefined ? {} : { "content-type": "application/json" }),
      ...(call.restliMethod === undefined ? {} : { "x-restli-method": call.restliMethod }),
    },
    ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
  });
}

/** The same, its answer parsed; throws what a refusal means. */
export async function ask<Schema extends z.ZodType>(
  context: ConnectorContext,
  schema: Schema,
  call: Call,
): Promise<z.output<Schema>> {
  const response = await send(context, call);
  if (!isSuccess(response)) throw linkedInFailure(context, response);
  return parseAnswer(platform, response, schema);
}

const envelope = z.object({
  message: z.string().optional(),
  code: z.string().optional(),
  errorDetails: z
    .object({ inputErrors: z.array(z.object({ code: z.string().optional() })).optional() })
    .optional(),
});

type Envelope = z.output<typeof envelope>;

function envelopeOf(response: ConnectorResponse): Envelope {
  const parsed = envelope.safeParse(parseJson(new TextDecoder().decode(response.body)));
  return parsed.success ? parsed.data : {};
}

/** The URN that a refused duplicate names. LinkedIn has been seen to name posts that do not exist. */
const namedUrn = /urn:li:(?:share|ugcPost|activity):\d+/;

/** What a refusal of LinkedIn means; what it shares with other platforms is told by `failureOf`. */
export function linkedInFailure(context: ConnectorContext, response: ConnectorResponse): ConnectorFailure {
  const said = envelopeOf(response);
  const evidence = `${response.status} ${said.code ?? ""} ${said.message ?? ""}`
    .trim()
    .slice(0, 500)
    .toWellFormed();
  const isFinal = isFinalStatus(response.status);
  const isOwn = said.message !== undefined || said.code !== undefined;
  if (isFinal && isDuplicate(said)) return duplicate(context, said, evidence);
  if (isFinal && !isOwn) return failureOf(platform, response, { isOwn });
  switch (response.status) {
    case 401: {
      const expired = said.code === "EXPIRED_ACCESS_TOKEN";
      return new ConnectorFailure({
        verdict: "unauthorized",
        code: expired ? "linkedin.token_expired" : "linkedin.unauthorized",
        message: expired
          ? "The 60 days of this LinkedIn connection are over; connect the channel again."
          : "LinkedIn no longer accepts this connection: it was withdrawn or replaced. Connect the channel again.",
        refreshable: expired && readCredentials(context).refreshToken !== null,
        evidence,
      });
    }
    case 403:
      return new ConnectorFailure({
        verdict: "rejected",
        code: "linkedin.forbidden",
        message:
          "LinkedIn does not allow this connection to do that. On a Page, check that your role still includes publishing (super admin or content admin); then connect the channel again and allow everything that is asked.",
        evidence,
      });
    case 426:
      return new ConnectorFailure({
        verdict: "throttled",
        code: "linkedin.version_ended",
        message: `LinkedIn no longer answers API version ${readSettings(context.settings).apiVersion}. Set a newer one in the settings of the LinkedIn app, then publish again.`,
        evidence,
      });
    case 429:
      return throttled(response, said, evidence);
    default:
      return failureOf(platform, response);
  }
}

function isDuplicate(said: Envelope): boolean {
  const codes = said.errorDetails?.inputErrors?.map(({ code }) => code) ?? [];
  return codes.includes("DUPLICATE_POST") || /\bis a duplicate of\b/i.test(said.message ?? "");
}

function duplicate(context: ConnectorContext, said: Envelope, evidence: string): ConnectorFailure {
  const urn = namedUrn.exec(said.message ?? "")?.[0];
  const where =
    urn === undefined ? "" : ` LinkedIn names ${readSettings(context.settings).webUrl}/feed/update/${urn}/.`;
  return new ConnectorFailure({
    verdict: "rejected",
    code: "linkedin.duplicate",
    message: `LinkedIn takes the same text only once in a while, and says that it has this one already.${where} Look whether it is live; to publish it again, change the text.`,
    evidence,
  });
}

/** LinkedIn's days end at midnight UTC, and it sends no `Retry-After`. */
function throttled(response: ConnectorResponse, said: Envelope, evidence: string): ConnectorFailure {
  const header = retryAfterOf(response);
  const daily = /\bDAY\b/.test(said.message ?? "");
  const asked = header ?? (daily ? secondsToMidnight() : null);
  return new ConnectorFailure({
    verdict: "throttled",
    code: "linkedin.throttled",
    message: daily
      ? "LinkedIn takes no more posts from this account or app today; its day ends at midnight UTC."
      : "LinkedIn asks to wait before the next request.",
    evidence,
    ...(asked === null ? {} : { retryAfterSeconds: asked }),
  });
}

const dayMs = 86_400_000;

function secondsToMidnight(): number {
  return Math.ceil((dayMs - (Date.now() % dayMs)) / 1000) + 1;
}
