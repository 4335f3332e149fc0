/** The private header in which Better Auth is told the client's address; nothing a client sends is trusted. */
export const clientAddressHeader = "x-galley-client-address";

/**
 * How long a session lasts, in seconds. NIST SP 800-63B-4 section 2.1.3: sign in again at least every
 * 30 days.
 */
export const sessionSeconds = 30 * 24 * 60 * 60;

/** `publicUrl` is the address in the browser; https makes cookies `Secure`. */
export type AuthSettings = { secret: string; publicUrl: string };

/** The name of the session cookie; browsers keep a `__Secure-` one to https. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith("https:") ? "__Secure-galley.session_token" : "galley.session_token";
}
