import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { JsonValue } from "./json.ts";

/** SHA-256 of bytes or UTF-8 text, as 64 lower-case hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * SHA-256 of a JSON value in the canonical form of RFC 8785, so that key order and white space
 * never change it. This is the hash that an approval binds.
 */
export function contentHash(value: JsonValue): string {
  const canonical = canonicalize(value);
  if (canonical === undefined) throw new TypeError("value has no canonical JSON form");
  return sha256(canonical);
}
