import { createHmac, timingSafeEqual } from "node:crypto";

/** The request headers that can hold a session. */
export type CredentialHeaders = { authorization?: string | undefined; cookie?: string | undefined };

/** How a request carries its session: `null` where it carries none that we signed. */
type PresentedToken = { token: string; via: "cookie" | "bearer" };

/** The token with its signature, as `createTokenReader` reads it. */
export function signToken(secret: string, token: string): string {
  return `${token}.${createHmac("sha256", secret).update(token).digest("base64")}`;
}

export type TokenReader = {
  read(headers: CredentialHeaders): PresentedToken | null;
  /** What is wrong with what a request presents, before anybody looks it up; null where it presents nothing. */
  flawOf(headers: CredentialHeaders): "not_a_bearer_token" | "bad_signature" | "none" | null;
};

/**
 * Reads the session token from `Authorization: Bearer` or, without that header, from the session
 * cookie. Both hold `token.signature`, the signature being HMAC-SHA-256 over the token in base64, as
 * Better Auth's cookie layer writes it. A value with a wrong signature is refused before any query.
 */
export function createTokenReader(secret: string, cookieName: string): TokenReader {
  const cookieStart = `${cookieName}=`;

  function verify(signed: string): string | null {
    const dot = signed.lastIndexOf(".");
    // 44 characters: 32 bytes in padded base64.
    if (dot < 1 || signed.length - dot - 1 !== 44) return null;
    const token = signed.slice(0, dot);
    const expected = createHmac("sha256", secret).update(token).digest();
    const presented = Buffer.from(signed.slice(dot + 1), "base64");
    return presented.length === expected.length && timingSafeEqual(presented, expected) ? token : null;
  }

  function read(headers: CredentialHeaders): PresentedToken | null {
    const { authorization, cookie } = headers;
    if (authorization !== undefined) {
      const presented = /^bearer +(\S+)$/i.exec(authorization)?.[1];
      const token = presented === undefined ? null : verify(decode(presented));
      return token === null ? null : { token, via: "bearer" };
    }
    const presented = cookie === undefined ? null : findCookie(cookie, cookieStart);
    const token = presented === null ? null : verify(decode(presented));
    return token === null ? null : { token, via: "cookie" };
  }

  function flawOf(headers: CredentialHeaders) {
    if (read(headers) !== null) return "none";
    const { authorization, cookie } = headers;
    if (authorization !== undefined)
      return /^bearer +\S+$/i.test(authorization) ? "bad_signature" : "not_a_bearer_token";
    return cookie === undefined || findCookie(cookie, cookieStart) === null ? null : "bad_signature";
  }

  return { read, flawOf };
}

function findCookie(header: string, start: string): string | null {
  for (const part of header.split(";")) {
    const pair = part.trimStart();
    if (pair.startsWith(start)) return pair.slice(start.length).trimEnd();
  }
  return null;
}

function decode(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}
