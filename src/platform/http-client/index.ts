export type {
  DocumentOptions,
  FetchedDocument,
  HttpClient,
  HttpClientOptions,
  SingleRequests,
} from "./client.ts";
export { isPublic } from "./addresses.ts";
export { createHttpClient } from "./client.ts";
export type { EgressPhase, EgressReason } from "./error.ts";
export { EgressError } from "./error.ts";
export type { HttpRequest, HttpResponse } from "./exchange.ts";
