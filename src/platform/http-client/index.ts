export { isPublic } from "./addresses.ts";
export type { FetchedDocument, HttpClient } from "./client.ts";
export { createHttpClient } from "./client.ts";
export { EgressError } from "./error.ts";
