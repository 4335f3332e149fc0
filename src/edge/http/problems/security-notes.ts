import type { FastifyRequest } from "fastify";
import type { Identity } from "#identity";
import { GalleyError, type SecurityNote } from "#kit";
import type { SecurityLog } from "#platform/security-log";

type NoteOptions = { identity: Pick<Identity, "tokenProblem">; securityLog: Pick<SecurityLog, "report"> };

/**
 * Notes a refusal, in the words of the OWASP Logging Vocabulary, where it is one that concerns who may do what. Asks
 * for the reason of a refused token only here, so that no request that is let in pays for it.
 */
export function noteRefusal(options: NoteOptions, error: unknown, request: FastifyRequest): void {
  if (!(error instanceof GalleyError)) return;
  report(options, error, request).catch((failure: unknown) => {
    request.log.warn({ err: failure }, "a refusal could not be noted");
  });
}

async function report(
  { identity, securityLog }: NoteOptions,
  error: GalleyError,
  request: FastifyRequest,
): Promise<void> {
  const note = await noteOf(error, request, identity);
  if (note === null) return;
  const { method, routeOptions, signedIn, actor, ip, id } = request;
  securityLog.report({
    ...note,
    userId: note.userId ?? signedIn?.userId ?? null,
    details: { route: `${method} ${routeOptions.url ?? "none"}`, ...note.details },
    workspaceId: actor?.workspaceId ?? null,
    address: ip,
    requestId: id,
  });
}

async function noteOf(
  { code, kind, security, problems }: GalleyError,
  { headers, routeOptions }: FastifyRequest,
  identity: Pick<Identity, "tokenProblem">,
): Promise<SecurityNote | null> {
  if (security !== null) return security;
  if (kind === "unauthenticated") {
    const reason = await identity.tokenProblem(headers);
    return reason === null ? null : { event: "authn_token_invalid", details: { reason } };
  }
  if (code === "http.foreign_site") return { event: "malicious_cors", details: { code } };
  if (kind === "forbidden" || code === "http.no_workspace") {
    return { event: "authz_fail", details: { permission: routeOptions.config.access ?? "none", code } };
  }
  if (code === "http.invalid_input" || code === "http.broken_text") {
    // Where, and which rule: what was sent may be a secret in the wrong field.
    const fields = problems.slice(0, 20).map(({ path, code: rule }) => `${path.slice(0, 100)} ${rule}`);
    return { event: "input_validation_fail", details: { fields } };
  }
  return null;
}

/**
 * The challenge of a 401 (RFC 9110 section 11.6.1), in the form of RFC 6750 section 3: `error` only where credentials
 * were sent. Browsers ask for no password for the scheme Bearer.
 */
export function challengeOf({ headers }: Pick<FastifyRequest, "headers">): string {
  const challenge = 'Bearer realm="galley"';
  if (headers.authorization === undefined) return challenge;
  const isBearer = /^bearer +\S+$/i.test(headers.authorization);
  return isBearer
    ? `${challenge}, error="invalid_token", error_description="The session has ended or is unknown; sign in again."`
    : `${challenge}, error="invalid_request", error_description="Send Authorization: Bearer and the token."`;
}
