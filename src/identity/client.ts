import { acceptedLanguage, type Language } from "#kit";
import type { Request } from "#platform/wire";

/**
 * Where a sign-in comes from; address and program are kept with the session so that a person can recognise
 * it. `cookie`: the request's header, in which a device may be known. `language`: what the browser asks for.
 */
export type Client = {
  address: string;
  userAgent: string;
  cookie?: string | undefined;
  language?: Language | null;
};

/** `cookies` are `Set-Cookie` values, the session's first; `bearer` is the same session for clients without cookies. */
export type SignedInResult = { userId: string; cookies: string[]; bearer: string; expiresAt: Date };

/** The address and program of a request, to be kept with the session that it opens. */
export function clientOf(request: Pick<Request, "ip" | "headers">): Client {
  const { "user-agent": userAgent = "", "accept-language": accepted, cookie } = request.headers;
  const language = acceptedLanguage(accepted);
  return { address: request.ip, userAgent: userAgent.slice(0, 300), cookie, language };
}
