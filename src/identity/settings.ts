/** The private header in which Better Auth is told the client's address; nothing a client sends is trusted. */
export const clientAddressHeader = "x-galley-client-address";

/**
 * How long a session lasts, in seconds. NIST SP 800-63B-4 section 2.1.3: sign in again at least every
 * 30 days.
 */
export const sessionSeconds = 30 * 24 * 60 * 60;

/** `publicUrl` is the address in the browser; https makes cookies `Secure`. */
export type AuthSettings = { secret: string; publicUrl: string };

/** The name of the cookie by which an account's browser is known; browsers keep a `__Host-` one to https and to this host. */
export function deviceCookieName(publicUrl: string): string {
  return publicUrl.startsWith("https:") ? "__Host-galley.device" : "galley.device";
}

const plainName = "galley.session_token";

/**
 * The name of the session cookie. Under https a `__Host-` one: browsers take it from this very host alone, so that no
 * neighbour under the same domain can put a session of its own in its place (RFC 6265bis section 4.1.3.2).
 */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith("https:") ? `__Host-${plainName}` : plainName;
}

/** The `Set-Cookie` values that make a browser forget its session, also under the names of earlier versions. */
export function forgetCookies(publicUrl: string): string[] {
  const names = publicUrl.startsWith("https:")
    ? [`__Host-${plainName}`, `__Secure-${plainName}`, plainName]
    : [plainName];
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return names.map((name) => `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax${secure}`);
}
