import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/**
 * Addresses of images that need no cookie, so that a page can show them and a platform can fetch them.
 * Whoever has the address may read that one image; nobody can make an address up.
 */
export type MediaLinks = {
  /** `/media/{workspaceId}/{sha256}?signature=…`, without an origin. */
  addressOf(workspaceId: string, sha256: string): string;
  accepts(workspaceId: string, sha256: string, signature: string): boolean;
};

/** @param options.key the instance's key; the signing key is derived from it for this purpose alone */
export function createMediaLinks({ key }: { key: Uint8Array }): MediaLinks {
  const signingKey = Buffer.from(hkdfSync("sha256", key, "", "galley media link v1", 32));

  function sign(workspaceId: string, sha256: string): Buffer {
    return createHmac("sha256", signingKey).update(`${workspaceId}/${sha256}`).digest();
  }

  return {
    addressOf(workspaceId, sha256) {
      return `/media/${workspaceId}/${sha256}?signature=${sign(workspaceId, sha256).toString("base64url")}`;
    },
    accepts(workspaceId, sha256, signature) {
      const given = Buffer.from(signature, "base64url");
      const expected = sign(workspaceId, sha256);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
