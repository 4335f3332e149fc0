import type { Clock, Role } from "#kit";
import { isId } from "#kit";
import type { Database } from "#platform/db";
import { IdentityError } from "../errors.ts";
import { deleteSession, findSession, listSessions, sessionEnd } from "../identity.store.ts";
import type { CredentialHeaders, TokenReader } from "./session-token.ts";

export type Session = {
  id: string;
  userId: string;
  name: string;
  email: string;
  expiresAt: Date;
  /** Authentication assurance level of NIST SP 800-63B: 1 or 2. */
  aal: number;
  /** How the request carried it: only a cookie can be ridden by another site. */
  via: "cookie" | "bearer";
  /** The membership in the requested workspace; null where there is none. */
  member: { workspaceId: string; role: Role } | null;
};

export type SessionView = {
  id: string;
  address: string | null;
  userAgent: string | null;
  createdAt: Date;
  expiresAt: Date;
};

/** The headers of a request by which its session, and the workspace that it is about, are found. */
export type SessionHeaders = CredentialHeaders & { "galley-workspace"?: string | string[] | undefined };

type SessionDeps = { database: Database; reader: TokenReader; clock: Clock };

/**
 * The session of a request, or null. One query; none where the signature is missing or wrong. The
 * header `galley-workspace` names the workspace; without it, it is the member's first.
 */
export async function checkSession(
  { database, reader, clock }: SessionDeps,
  headers: SessionHeaders,
): Promise<Session | null> {
  const presented = reader.read(headers);
  if (presented === null) return null;
  const requested = headers["galley-workspace"];
  const workspaceId = typeof requested === "string" ? requested : null;
  if (workspaceId !== null && !isId(workspaceId)) {
    throw new IdentityError({
      code: "identity.bad_workspace",
      kind: "invalid",
      message: "The header Galley-Workspace must hold the id of a workspace.",
    });
  }
  const row = await findSession(database, presented.token, workspaceId, clock.now());
  if (row === null) return null;
  return {
    id: row.session_id,
    userId: row.user_id,
    name: row.name,
    email: row.email,
    expiresAt: row.expires_at,
    aal: row.aal,
    via: presented.via,
    member:
      row.workspace_id === null || row.role === null
        ? null
        : { workspaceId: row.workspace_id, role: row.role },
  };
}

/**
 * Why what a request presents opens no session: `not_a_bearer_token`, `bad_signature`, `expired`, or `unknown` (it
 * was ended). Null where it presents nothing, or a session that is open. For the security log, after a refusal.
 */
export async function tokenProblem(
  { database, reader, clock }: SessionDeps,
  headers: CredentialHeaders,
): Promise<string | null> {
  const flaw = reader.flawOf(headers);
  if (flaw !== "none") return flaw;
  const presented = reader.read(headers);
  if (presented === null) return null;
  const end = await sessionEnd(database.system, presented.token);
  if (end === null) return "unknown";
  return end > clock.now() ? null : "expired";
}

/** The open sessions of a person. */
export async function sessionsOf(
  { database, clock }: Pick<SessionDeps, "database" | "clock">,
  userId: string,
): Promise<SessionView[]> {
  const rows = await listSessions(database.system, userId, clock.now());
  return rows.map((row) => ({
    id: row.id,
    address: row.ip_address || null,
    userAgent: row.user_agent || null,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** Ends one session of the user at once. Throws `identity.session_not_found`. */
export async function endSession(
  { database }: Pick<SessionDeps, "database">,
  userId: string,
  sessionId: string,
): Promise<void> {
  if (await deleteSession(database.system, userId, sessionId)) return;
  throw new IdentityError({
    code: "identity.session_not_found",
    kind: "not_found",
    message: "There is no such session; it may have ended already.",
  });
}
