import { z } from "zod";
import {
  type Address,
  addressOf,
  type AddressParts,
  type Call,
  type FileOperation,
  type Operation,
} from "#contract";
import { newId } from "#kit";
import { createHttpClient } from "#platform/http-client";
import type { ExitReason } from "./exit.ts";
import { CliFailure } from "./exit.ts";

export type ApiOptions = {
  /** The server's address, without a path. */
  server: string;
  token: string | null;
  workspace: string | null;
};

/** As a person types it: the fields are those of the contract, and whether their values are is for the server to say. */
type AsTyped<Value> = Value extends string
  ? string
  : Value extends readonly (infer Item)[]
    ? readonly AsTyped<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: AsTyped<Value[Key]> | string }
      : Value;

/** What a command sends, and the fields that it reads of the answer. */
type Asked<Id extends Operation, Schema extends z.ZodType> = {
  readonly [Part in keyof Call<Id>]: AsTyped<Call<Id>[Part]>;
} & { headers?: Record<string, string>; schema: Schema };

export type Api = {
  server: string;
  /** Calls an operation and reads the fields of `schema`. Throws `CliFailure` with the server's own words. */
  call<Id extends Operation, Schema extends z.ZodType>(
    operation: Id,
    asked: Asked<Id, Schema>,
  ): Promise<z.output<Schema>>;
  /** As `call`, with the answer's headers. */
  callWithHeaders<Id extends Operation, Schema extends z.ZodType>(
    operation: Id,
    asked: Asked<Id, Schema>,
  ): Promise<{ body: z.output<Schema>; headers: Record<string, string> }>;
  /** How the server is, which is no part of the API; its 503 is an answer too. Throws as `call` does. */
  state<Schema extends z.ZodType>(path: "/health" | "/ready", schema: Schema): Promise<z.output<Schema>>;
  /** The text of a file that the server writes. Throws as `call` does. */
  text(operation: FileOperation): Promise<string>;
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

  async function read<Schema extends z.ZodType>(sent: Sent, schema: Schema, accepts: readonly number[] = []) {
    const answer = await send(new URL(sent.path, server), {
      method: sent.method,
      headers: headersOf({
        ...sent.headers,
        accept: "application/json",
        ...(sent.body === undefined ? {} : { "content-type": "application/json" }),
        ...(sent.method === "POST" ? { "idempotency-key": newId() } : {}),
      }),
      body: sent.body === undefined ? null : JSON.stringify(sent.body),
    });
    if (answer.status >= 300 && !accepts.includes(answer.status)) throw refusalOf(answer.status, answer.text);
    const body = schema.safeParse(answer.text === "" ? null : parseJson(answer.text));
    if (!body.success) throw strangeAnswer(server);
    return { body: body.data, headers: answer.headers };
  }

  function callWithHeaders<Id extends Operation, Schema extends z.ZodType>(
    operation: Id,
    { schema, ...given }: Asked<Id, Schema>,
  ) {
    // Checked where it was called; here any operation is sent alike.
    const asked = given as Loose;
    return read({ ...asked, ...addressOf(operation, asked) }, schema);
  }

  return {
    server,
    callWithHeaders,
    call: async (operation, asked) => (await callWithHeaders(operation, asked)).body,
    async state(path, schema) {
      return (await read({ method: "GET", path }, schema, [503])).body;
    },
    async text(operation) {
      const { method, path } = addressOf(operation);
      const answer = await send(new URL(path, server), { method, headers: headersOf({}), body: null });
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

type Around = { body?: unknown; headers?: Record<string, string> };
type Loose = AddressParts & Around;
type Sent = Address & Around;
type Request = { method: Address["method"]; headers: Record<string, string>; body: string | null };

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
