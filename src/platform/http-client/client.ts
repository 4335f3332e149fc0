import { orAborted } from "#kit";
import { EgressError } from "./error.ts";
import type { HttpRequest, HttpResponse } from "./exchange.ts";
import { exchange } from "./exchange.ts";
import type { Resolve } from "./target.ts";
import { parseTarget, resolveHost, resolveTarget } from "./target.ts";
import { withinDeadline } from "./trip.ts";

export type HttpClientOptions = {
  /** Origins ("http://10.0.0.7:8080") that may be reached whatever their address: the operator's own servers. */
  allowOrigins: readonly string[];
  /** More such origins, for connectors alone: the built-in sandbox, which no author should read through. */
  connectorOrigins?: readonly string[];
  /** How names become addresses; the system's resolver unless a test brings its own. */
  resolve?: Resolve;
};

type DocumentOptions = {
  /** Cap on the body, on the wire and after decompression. */
  maxBytes: number;
  /** Milliseconds for everything, redirects included. */
  timeoutMs: number;
  /** The `Accept` header. */
  accept?: string;
  signal?: AbortSignal;
};

/** `url` is where the last redirect led. */
export type FetchedDocument = HttpResponse & { url: string };

/** One request each, never repeated; the status is the caller's to read. */
type SingleRequests = { request(request: HttpRequest): Promise<HttpResponse> };

export type HttpClient = {
  /** GET of reading material: at most 3 redirects, each checked as the first address was. Throws `EgressError`. */
  fetchDocument(url: string, options: DocumentOptions): Promise<FetchedDocument>;
  /**
   * Requests to platforms: a fresh socket for each, no redirect, no retry. Throws `EgressError`, whose
   * `phase` says whether a byte of the request may have left.
   */
  connectorHttp(options: { signal: AbortSignal; timeoutMs?: number }): SingleRequests;
};

const maxRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);
const connectorTimeoutMs = 60_000;
const connectorMaxBytes = 16_000_000;

/** The only way out of Galley: every outgoing HTTP connection passes these rules. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const resolve = options.resolve ?? resolveHost;
  const forDocuments = originSet(options.allowOrigins);
  const forConnectors = originSet([...options.allowOrigins, ...(options.connectorOrigins ?? [])]);

  async function fetchDocument(text: string, wanted: DocumentOptions): Promise<FetchedDocument> {
    const headers = { accept: wanted.accept ?? "*/*", "accept-encoding": "gzip, deflate, br" };
    return withinDeadline(wanted.timeoutMs, wanted.signal, async (trip) => {
      let url = parseTarget(text);
      for (let hop = 0; hop <= maxRedirects; hop += 1) {
        const target = await orAborted(resolveTarget(url, forDocuments, resolve), trip.signal);
        const answer = await exchange(
          target,
          { method: "GET", url: url.href, headers },
          trip,
          wanted.maxBytes,
        );
        const location = redirects.has(answer.status) ? answer.headers["location"] : undefined;
        if (location === undefined) return { ...answer, url: url.href };
        url = redirectTarget(location, url);
      }
      throw new EgressError("redirects", "after", `The address redirects more than ${maxRedirects} times.`);
    });
  }

  function connectorHttp(wanted: { signal: AbortSignal; timeoutMs?: number }): SingleRequests {
    function request(sent: HttpRequest): Promise<HttpResponse> {
      return withinDeadline(wanted.timeoutMs ?? connectorTimeoutMs, wanted.signal, async (trip) => {
        const url = parseTarget(sent.url);
        const target = await orAborted(resolveTarget(url, forConnectors, resolve), trip.signal);
        return exchange(target, sent, trip, connectorMaxBytes);
      });
    }
    return { request };
  }

  return { fetchDocument, connectorHttp };
}

function originSet(origins: readonly string[]): ReadonlySet<string> {
  return new Set(origins.map((origin) => new URL(origin).origin));
}

function redirectTarget(location: string, from: URL): URL {
  const next = URL.parse(location, from.href);
  if (!next)
    throw new EgressError(
      "redirects",
      "after",
      `${from.hostname} redirects to something that is no address.`,
    );
  next.username = "";
  next.password = "";
  return parseTarget(next.href);
}
