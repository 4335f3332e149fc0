import type { Kysely } from "kysely";
import type { Role } from "#kit";
import type { Schema } from "#platform/db";

export type OAuthState = {
  workspaceId: string;
  stateHash: string;
  connector: string;
  sessionId: string;
  sealedVerifier: Uint8Array;
  /** What `before.register` made, sealed. */
  sealedRegistration: Uint8Array | null;
  /** The channel that is connected again. */
  channelId: string | null;
  /** The app that the flow began with, which alone can end it. */
  appId: string | null;
  appIdentity: string | null;
  redirectUri: string;
  /** Without one of these the channel is of no use. */
  scopes: string[];
  /** Asked for as well. */
  optionalScopes: string[];
  returnTo: string | null;
  expiresAt: Date;
};

export async function insertState(db: Kysely<Schema>, state: OAuthState): Promise<void> {
  await db
    .insertInto("oauth_states")
    .values({
      workspace_id: state.workspaceId,
      state_hash: state.stateHash,
      connector: state.connector,
      session_id: state.sessionId,
      code_verifier: state.sealedVerifier,
      registration: state.sealedRegistration,
      channel_id: state.channelId,
      app_id: state.appId,
      app_identity: state.appIdentity,
      redirect_uri: state.redirectUri,
      scopes: state.scopes,
      optional_scopes: state.optionalScopes,
      return_to: state.returnTo,
      expires_at: state.expiresAt,
    })
    .execute();
}

/** The state with what became of it, and the role that the session's person has in its workspace now. */
export type TakenState = OAuthState & {
  sealedVerifier: Buffer;
  sealedRegistration: Buffer | null;
  usedBefore: boolean;
  role: Role | null;
};

/**
 * Finds a state and marks it used, in one statement, so that of two callbacks one alone gets an unused
 * state. `db` must see all workspaces: the callback names none.
 */
export async function takeState(
  db: Kysely<Schema>,
  wanted: { stateHash: string; sessionId: string; connector: string; at: Date },
): Promise<TakenState | undefined> {
  const found = await db
    .with("before", (query) =>
      query
        .selectFrom("oauth_states")
        .select(["workspace_id", "state_hash", "used_at"])
        .where("state_hash", "=", wanted.stateHash)
        .where("session_id", "=", wanted.sessionId)
        .where("connector", "=", wanted.connector)
        .forUpdate(),
    )
    .updateTable("oauth_states as state")
    .from("before")
    .set((eb) => ({ used_at: eb.fn.coalesce("state.used_at", eb.val(wanted.at)) }))
    .whereRef("state.workspace_id", "=", "before.workspace_id")
    .whereRef("state.state_hash", "=", "before.state_hash")
    .returning((eb) => [
      "state.workspace_id as workspaceId",
      "state.state_hash as stateHash",
      "state.connector as connector",
      "state.session_id as sessionId",
      "state.code_verifier as sealedVerifier",
      "state.registration as sealedRegistration",
      "state.channel_id as channelId",
      "state.app_id as appId",
      "state.app_identity as appIdentity",
      "state.redirect_uri as redirectUri",
      "state.scopes as scopes",
      "state.optional_scopes as optionalScopes",
      "state.return_to as returnTo",
      "state.expires_at as expiresAt",
      "before.used_at as usedAt",
      eb
        .selectFrom("members")
        .innerJoin("sessions", "sessions.user_id", "members.user_id")
        .select("members.role")
        .whereRef("sessions.id", "=", "state.session_id")
        .whereRef("members.workspace_id", "=", "state.workspace_id")
        .as("role"),
    ])
    .executeTakeFirst();
  if (!found) return undefined;
  const { usedAt, ...state } = found;
  return { ...state, usedBefore: usedAt !== null };
}

/** Forgets states that nobody can use any more. */
export async function deleteStates(db: Kysely<Schema>, expiredBefore: Date): Promise<void> {
  await db.deleteFrom("oauth_states").where("expires_at", "<", expiredBefore).execute();
}
