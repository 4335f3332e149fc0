import { hkdfSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Clock, Role } from "#kit";
import { isId } from "#kit";
import type { Database, Schema } from "#platform/db";
import type { createAuth } from "./auth.ts";
import { normalizeAddress } from "./accounts.ts";
import { IdentityError } from "./errors.ts";
import * as store from "./identity.store.ts";
import { createDevices, type KnownDevice } from "./devices.ts";
import { hashPassword, refuseWeak } from "./password.ts";
import { type AccountMail, createPasswords } from "./passwords.ts";
import { confirmAddress, isConfirmed, passwordHash, passwordStands } from "./passwords.store.ts";
import type { CredentialHeaders } from "./session-token.ts";
import { createTokenReader } from "./session-token.ts";
import { clientAddressHeader, forgetCookies, sessionCookieName, sessionSeconds } from "./settings.ts";
import { createTries, elsewhere } from "./tries.ts";

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

/**
 * Where a sign-in comes from; address and program are kept with the session so that a person can recognise
 * it. `cookie`: the request's header, in which a device may be known.
 */
export type Client = { address: string; userAgent: string; cookie?: string | undefined };

/** `cookies` are `Set-Cookie` values, the session's first; `bearer` is the same session for clients without cookies. */
export type SignedInResult = { userId: string; cookies: string[]; bearer: string; expiresAt: Date };

export type SessionView = {
  id: string;
  address: string | null;
  userAgent: string | null;
  createdAt: Date;
  expiresAt: Date;
};

/** Every refused sign-in takes at least this long, so that time does not tell whether an account exists. */
const refusalMs = 300;

export type IdentityOptions = {
  database: Database;
  /** `GALLEY_KEY`: 32 bytes in base64. */
  key: string;
  /** The address in the browser; https makes cookies `Secure`. */
  publicUrl: string;
  clock: Clock;
  /** Default: this Galley sends no mail, so that only `galley user` helps who has forgotten a password. */
  mail?: AccountMail;
};

export type Identity = ReturnType<typeof createIdentity>;

/** People, their credentials and their sessions. Better Auth is loaded at the first sign-in. */
export function createIdentity({ database, key, publicUrl, clock, mail = null }: IdentityOptions) {
  // A key of its own, so that a session's signature opens nothing else.
  const derived = hkdfSync("sha256", Buffer.from(key, "base64"), "", "galley session cookie", 32);
  const secret = Buffer.from(derived).toString("base64");
  const cookieName = sessionCookieName(publicUrl);
  const reader = createTokenReader(secret, cookieName);
  // Whoever signs in leaves the cookies of earlier versions behind.
  const outdated = forgetCookies(publicUrl).slice(1);
  const devices = createDevices({ database, key, publicUrl, clock });
  const tries = createTries({ clock });
  const passwords = createPasswords({ database, devices, tries, mail, publicUrl, clock });
  let pooled: Promise<ReturnType<typeof createAuth>> | null = null;

  async function auth(db: Kysely<Schema>): Promise<ReturnType<typeof createAuth>> {
    const { createAuth } = await import("./auth.ts");
    return createAuth(db, { secret, publicUrl });
  }

  function authOnPool(): Promise<ReturnType<typeof createAuth>> {
    pooled ??= auth(database.system);
    return pooled;
  }

  /**
   * The session of a request, or null. One query; none where the signature is missing or wrong. The
   * header `galley-workspace` names the workspace; without it, it is the member's first.
   */
  async function checkSession(
    headers: CredentialHeaders & { "galley-workspace"?: string | string[] | undefined },
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
    const row = await store.findSession(database, presented.token, workspaceId, clock.now());
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
  async function tokenProblem(headers: CredentialHeaders): Promise<string | null> {
    const flaw = reader.flawOf(headers);
    if (flaw !== "none") return flaw;
    const presented = reader.read(headers);
    if (presented === null) return null;
    const end = await store.sessionEnd(database.system, presented.token);
    if (end === null) return "unknown";
    return end > clock.now() ? null : "expired";
  }

  /**
   * Opens a session, and knows its browser from then on. Throws `identity.sign_in_refused`
   * (unauthenticated), the same for an unknown email, a wrong password and an account that pauses after ten
   * wrong passwords in a row; a known device has a count of its own.
   */
  async function signIn(
    credentials: { email: string; password: string },
    client: Client,
  ): Promise<SignedInResult> {
    const db = database.system;
    const email = normalizeAddress(credentials.email);
    const earliestRefusal = pause(refusalMs);
    const userId = await store.userIdByEmail(db, email);
    const known = userId === null ? null : await devices.find(userId, client.cookie);
    const place = { userId: userId ?? "", place: known?.id ?? elsewhere };
    const mayTry = userId !== null && (await tries.begin(db, place));
    const result = mayTry ? await trySignIn({ userId, email, password: credentials.password }, client) : null;
    if (result !== null) {
      await tries.forget(db, place);
      return rememberDevice(db, result, { known, client });
    }
    if (!mayTry) await hashPassword(credentials.password);
    await earliestRefusal;
    throw new IdentityError({
      code: "identity.sign_in_refused",
      kind: "unauthenticated",
      message:
        "Email and password do not match. After ten wrong tries an account pauses for 15 minutes on devices that it does not know.",
      // Whom nobody knows may have typed a password here, so what was typed is not kept.
      security: {
        event: userId !== null && !mayTry ? "authn_login_lock" : "authn_login_fail",
        details: { known: userId !== null, device: known === null ? "unknown" : "known" },
        userId,
      },
    });
  }

  async function rememberDevice(
    db: Kysely<Schema>,
    result: SignedInResult,
    { known, client }: { known: KnownDevice | null; client: Client },
  ): Promise<SignedInResult> {
    const { userId } = result;
    const cookie = await devices.remember(db, { userId, known, userAgent: client.userAgent });
    return { ...result, cookies: [...result.cookies, cookie] };
  }

  /**
   * Null for a wrong password, and for one that is replaced while it is checked: the session would have come too late
   * to be ended with the others.
   */
  async function trySignIn(
    { userId, email, password }: { userId: string; email: string; password: string },
    client: Client,
  ): Promise<SignedInResult | null> {
    const { api } = await authOnPool();
    const { APIError } = await import("better-auth/api");
    const hash = await passwordHash(database.system, userId);
    if (hash === null) return null;
    try {
      const { headers, response } = await api.signInEmail({
        body: { email, password },
        headers: clientHeaders(client),
        returnHeaders: true,
      });
      if (await passwordStands(database.system, userId, hash)) return signedIn(userId, headers);
      await store.deleteSessionOf(database.system, response.token);
      return null;
    } catch (error) {
      if (error instanceof APIError && error.statusCode === 401) return null;
      throw error;
    }
  }

  /**
   * Makes a user with a password in the caller's transaction and opens a session. The caller has made sure
   * that the address is the person's: an account is the proof that its address counts. Throws
   * `identity.weak_password` (unprocessable) and `identity.email_taken` (conflict).
   */
  async function createUser(
    tx: Kysely<Schema>,
    person: { name: string; email: string; password: string },
    client: Client,
  ): Promise<SignedInResult> {
    refuseWeak(person.password, person);
    const email = normalizeAddress(person.email);
    if (await store.userIdByEmail(tx, email)) throw emailTaken();
    const { api } = await auth(tx);
    const { headers, response } = await api.signUpEmail({
      body: { name: person.name, email, password: person.password },
      headers: clientHeaders(client),
      returnHeaders: true,
    });
    await confirmAddress(tx, response.user.id);
    return rememberDevice(tx, signedIn(response.user.id, headers), { known: null, client });
  }

  /**
   * Makes the owner of a fresh installation. Throws `identity.already_set_up` (conflict) once any user
   * exists; two calls at once make one user.
   */
  async function createFirstUser(
    tx: Kysely<Schema>,
    person: { name: string; email: string; password: string },
    client: Client,
  ): Promise<SignedInResult> {
    await store.lockSetUp(tx);
    if (await store.anyUserExists(tx)) {
      throw new IdentityError({
        code: "identity.already_set_up",
        kind: "conflict",
        message: "This Galley has an owner already; sign in, or ask the owner for an invitation.",
      });
    }
    return createUser(tx, person, client);
  }

  function signedIn(userId: string, headers: Headers): SignedInResult {
    const bearer = headers.get("set-auth-token");
    if (bearer === null) throw new TypeError("the session was opened without a token");
    const expiresAt = new Date(clock.now().getTime() + sessionSeconds * 1000);
    return { userId, cookies: [...headers.getSetCookie(), ...outdated], bearer, expiresAt };
  }

  async function sessions(userId: string): Promise<SessionView[]> {
    const rows = await store.listSessions(database.system, userId, clock.now());
    return rows.map((row) => ({
      id: row.id,
      address: row.ip_address || null,
      userAgent: row.user_agent || null,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }));
  }

  /** Ends one session of the user at once. Throws `identity.session_not_found`. */
  async function endSession(userId: string, sessionId: string): Promise<void> {
    if (await store.deleteSession(database.system, userId, sessionId)) return;
    throw new IdentityError({
      code: "identity.session_not_found",
      kind: "not_found",
      message: "There is no such session; it may have ended already.",
    });
  }

  return {
    checkSession,
    tokenProblem,
    signIn,
    createUser,
    createFirstUser,
    needsSetUp: async () => !(await store.anyUserExists(database.system)),
    sessions,
    endSession,
    /** The name of the session cookie. */
    cookieName,
    /** The `Set-Cookie` values that make a browser forget its session. */
    forgetCookies: forgetCookies(publicUrl),
    devices,
    passwords,
    /** Whether the address of an account counts: a mail to it was answered, or an admin vouched for it. */
    isConfirmed: (tx: Kysely<Schema>, userId: string) => isConfirmed(tx, userId),
    confirmAddress: (tx: Kysely<Schema>, userId: string) => confirmAddress(tx, userId),
    tasks: passwords.tasks,
    /** For the worker: removes what has expired. */
    sweeps: [
      {
        name: "identity.expired_sessions",
        everyMs: 60 * 60 * 1000,
        run: async () => {
          await store.deleteExpiredSessions(database.system, clock.now());
          await tries.removeOld(database.system);
          await passwords.removeOld();
          await devices.removeUnused();
        },
      },
    ],
  };
}

function clientHeaders(client: Client): Headers {
  return new Headers({ [clientAddressHeader]: client.address, "user-agent": client.userAgent });
}

function emailTaken(): IdentityError {
  return new IdentityError({
    code: "identity.email_taken",
    kind: "conflict",
    message: "Somebody has an account with this email already.",
    problems: [{ path: "/email", code: "identity.email_taken", message: "This email is in use." }],
  });
}
