import { hkdfSync } from "node:crypto";

/**
 * What the terminal prints for the first set-up, so that it belongs to who started Galley and not to who comes first.
 * Made from the installation's key: every process of one installation prints the same, and nothing has to be kept.
 */
export function setUpTokenOf(key: Uint8Array): string {
  return Buffer.from(hkdfSync("sha256", key, "", "galley set-up token", 18)).toString("base64url");
}
