import type { EmulatorRequest } from "../http.ts";
import type { LinkedInState } from "./state.ts";

/** The author whom a request is about, by its body, its query or what it names; null where it is about none. */
export function authorOf(state: LinkedInState, { path, query, body }: EmulatorRequest): string | null {
  const named = query.get("author");
  if (named !== null) return named;
  const [, token] = /^\/dms-uploads\/([\w-]+)\//.exec(path) ?? [];
  if (token !== undefined) return state.mediaByToken.get(token)?.owner ?? null;
  if (!path.startsWith("/rest/")) return null;
  const urn = decodeURIComponent(path.split("/")[3] ?? "");
  const owner = state.posts.get(urn)?.author ?? state.media.get(urn)?.owner;
  return owner ?? inBody(state, body);
}

function inBody(state: LinkedInState, body: Buffer): string | null {
  if (body.length === 0 || body[0] !== 0x7b) return null;
  const fields = JSON.parse(body.toString("utf8")) as Record<string, Record<string, unknown> | string>;
  for (const name of ["author", "actor"]) {
    const value = fields[name];
    if (typeof value === "string") return value;
  }
  const { initializeUploadRequest: begun, finalizeUploadRequest: ended } = fields;
  if (typeof begun === "object") return String(begun["owner"]);
  return typeof ended === "object" ? (state.media.get(String(ended["video"]))?.owner ?? null) : null;
}
