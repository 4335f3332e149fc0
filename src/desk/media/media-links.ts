import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/**
 * Addresses of files that need no cookie, so that a page can show them and a platform can fetch them.
 * Whoever has the address may read that one file; nobody can make an address up.
 */
export type MediaLinks = {
  /** `/media/{workspaceId}/{sha256}?signature=…`, without an origin; with `until`, an address that ends. */
  addressOf(workspaceId: string, sha256: string, until?: Date): string;
  accepts(workspaceId: string, sha256: string, given: MediaSignature, now: Date): boolean;
};

/** `until` in seconds since 1970; absent from an address that does not end. */
type MediaSignature = { signature: string; until?: number | undefined };

/** @param options.key the instance's key; the signing key is derived from it for this purpose alone */
export function createMediaLinks({ key }: { key: Uint8Array }): MediaLinks {
  const signingKey = Buffer.from(hkdfSync("sha256", key, "", "galley media link v1", 32));

  function sign(workspaceId: string, sha256: string, until?: number): Buffer {
    const end = until === undefined ? "" : `/${until}`;
    return createHmac("sha256", signingKey).update(`${workspaceId}/${sha256}${end}`).digest();
  }

  return {
    addressOf(workspaceId, sha256, until) {
      const end = until && Math.ceil(until.getTime() / 1000);
      const signature = sign(workspaceId, sha256, end).toString("base64url");
      return `/media/${workspaceId}/${sha256}?${end === undefined ? "" : `until=${end}&`}signature=${signature}`;
    },
    accepts(workspaceId, sha256, { signature, until }, now) {
      if (until !== undefined && until * 1000 < now.getTime()) return false;
      const given = Buffer.from(signature, "base64url");
      const expected = sign(workspaceId, sha256, until);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
