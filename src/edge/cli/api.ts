import { newId } from "#kit";
import { createHttpClient } from "#platform/http-client";
import { z } from "zod";
import type { ExitReason } from "./exit.ts";
import { CliFailure } from "./exit.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type ApiOptions = {
  /** The server's address, without a path. */
  server: string;
  token: string | null;
  workspace: string | null;
};

type Call<Schema extends z.ZodType> = {
  method?: Method;
  /** Under `/api/v1`, or from the root with `outside`. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  schema: Schema;
  outside?: boolean;
  /** Statuses that are answers too, as the 503 of `/ready`. */
  accepts?: number[];
};

export type Api = {
  server: string;
  /** Calls the server and reads the fields of `schema`. Throws `CliFailure` with the server's own words. */
  call<Schema extends z.ZodType>(call: Call<Schema>): Promise<z.output<Schema>>;
  /** As `call`, with the answer's headers. */
  callWithHeaders<Schema extends z.ZodType>(
    call: Call<Schema>,
  ): Promise<{ body: z.output<Schema>; headers: Record<string, string> }>;
  /** The text of a file that the server writes. Throws as `call` does. */
  text(path: string): Promise<string>;
  /**
   * Where an address of a platform's consent page redirects to; null where it shows a page instead. The token goes
   * only to the server itself, whose built-in platform asks for it.
   */
  redirectOf(url: string): Promise<string | null>;
};

const problemSchema = z.object({
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).default([]),
});

/** A minute: the server answers long work with a run to follow, never by keeping the line open. */
const TIMEOUT = 60_000;

/** The HTTP API as a signed-in person. */
export function createApi({ server, token, workspace }: ApiOptions): Api {
  function headersOf(extra: Record<string, string>): Record<string, string> {
    return {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(workspace ? { "galley-workspace": workspace } : {}),
      ...extra,
    };
  }

  async function callWithHeaders<Schema extends z.ZodType>(call: Call<Schema>) {
    const method = call.method ?? "GET";
    const url = new URL(call.outside ? call.path : `/api/v1${call.path}`, server);
    const answer = await send(url, {
      method,
      headers: headersOf({
        ...call.headers,
        accept: "application/json",
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...(method === "POST" ? { "idempotency-key": newId() } : {}),
      }),
      body: call.body === undefined ? null : JSON.stringify(call.body),
    });
    const isAnswer = answer.status < 300 || (call.accepts ?? []).includes(answer.status);
    if (!isAnswer) throw refusalOf(answer.status, answer.text);
    const body = call.schema.safeParse(answer.text === "" ? null : parseJson(answer.text));
    if (!body.success) throw strangeAnswer(server);
    return { body: body.data, headers: answer.headers };
  }

  return {
    server,
    callWithHeaders,
    call: async (call) => (await callWithHeaders(call)).body,
    async text(path) {
      const url = new URL(`/api/v1${path}`, server);
      const answer = await send(url, { method: "GET", headers: headersOf({}), body: null });
      if (answer.status >= 300) throw refusalOf(answer.status, answer.text);
      return answer.text;
    },
    async redirectOf(url) {
      const address = new URL(url);
      const isOurs = address.origin === new URL(server).origin;
      const sent = isOurs ? headersOf({}) : {};
      const { status, headers } = await send(address, { method: "GET", headers: sent, body: null });
      const location = headers["location"];
      return status >= 300 && status < 400 && typeof location === "string"
        ? new URL(location, url).href
        : null;
    },
  };
}

type Request = { method: Method; headers: Record<string, string>; body: string | null };

/** Wherever the person says: the server that they name may stand on this machine or in their own network. */
async function send(url: URL, { method, headers, body }: Request) {
  const client = createHttpClient({ allowOrigins: [url.origin] });
  const single = client.connectorHttp({ signal: AbortSignal.timeout(TIMEOUT), timeoutMs: TIMEOUT });
  try {
    const sent = { method, url: url.href, headers, ...(body === null ? {} : { body }) };
    const answer = await single.request(sent);
    return {
      status: answer.status,
      headers: answer.headers,
      text: Buffer.from(answer.body).toString("utf8"),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliFailure(
      "unreachable",
      `No Galley answers at ${url.origin} (${reason}). Start it with npm start, or name another with --server or GALLEY_SERVER.`,
    );
  }
}

function reasonOf(status: number): ExitReason {
  if (status === 401) return "notSignedIn";
  if (status === 404) return "notFound";
  return status < 500 ? "refused" : "failure";
}

function refusalOf(status: number, text: string): CliFailure {
  const problem = problemSchema.safeParse(parseJson(text));
  if (!problem.success)
    return new CliFailure(reasonOf(status), `The server answered ${status} without saying why.`);
  const { detail, code, errors } = problem.data;
  const advice = status === 401 ? " Sign in with: galley login --email you@example.com" : "";
  return new CliFailure(reasonOf(status), `${detail}${advice}`, { code, problems: errors });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function strangeAnswer(server: string): CliFailure {
  return new CliFailure(
    "failure",
    `What answers at ${server} is not this version of Galley; check --server.`,
  );
}
