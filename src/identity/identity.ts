import { hkdfSync } from "node:crypto";
import type { Kysely } from "kysely";
import type { Clock, Language } from "#kit";
import type { Database, Schema } from "#platform/db";
import type { Client } from "./client.ts";
import { createDevices } from "./devices.ts";
import { anyUserExists, deleteExpiredSessions } from "./identity.store.ts";
import { confirmAddress, isConfirmed } from "./passwords/passwords.store.ts";
import { type AccountMail, createPasswords } from "./passwords/passwords.ts";
import { createTries } from "./passwords/tries.ts";
import { chooseLanguage, chosenLanguage } from "./preferences/preferences.store.ts";
import { createTokenReader, type CredentialHeaders } from "./sessions/session-token.ts";
import {
  checkSession,
  endSession,
  type SessionHeaders,
  sessionsOf,
  tokenProblem,
} from "./sessions/sessions.ts";
import { forgetCookies, sessionCookieName } from "./settings.ts";
import { createFirstUser, createUser, type NewPerson } from "./sign-in/create-user.ts";
import { createEngine } from "./sign-in/engine.ts";
import { signIn } from "./sign-in/sign-in.ts";

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
  const secret = cookieSecret(key);
  const cookieName = sessionCookieName(publicUrl);
  const reader = createTokenReader(secret, cookieName);
  const devices = createDevices({ database, key, publicUrl, clock });
  const tries = createTries({ clock });
  const passwords = createPasswords({ database, devices, tries, mail, publicUrl, clock });
  const engine = createEngine({ database, clock, settings: { secret, publicUrl } });
  const deps = { database, clock, reader, devices, tries, engine };

  async function removeOld(): Promise<void> {
    await deleteExpiredSessions(database.system, clock.now());
    await tries.removeOld(database.system);
    await passwords.removeOld();
    await devices.removeUnused();
  }

  return {
    checkSession: (headers: SessionHeaders) => checkSession(deps, headers),
    tokenProblem: (headers: CredentialHeaders) => tokenProblem(deps, headers),
    signIn: (credentials: { email: string; password: string }, client: Client) =>
      signIn(deps, credentials, client),
    createUser: (tx: Kysely<Schema>, person: NewPerson, client: Client) =>
      createUser({ ...deps, tx }, person, client),
    createFirstUser: (tx: Kysely<Schema>, person: NewPerson, client: Client) =>
      createFirstUser({ ...deps, tx }, person, client),
    needsSetUp: async () => !(await anyUserExists(database.system)),
    sessions: (userId: string) => sessionsOf(deps, userId),
    endSession: (userId: string, sessionId: string) => endSession(deps, userId, sessionId),
    /** The name of the session cookie. */
    cookieName,
    /** The `Set-Cookie` values that make a browser forget its session. */
    forgetCookies: forgetCookies(publicUrl),
    devices,
    passwords,
    /** In which Galley speaks to a person; null: as the browser says. */
    chosenLanguage: (userId: string) => chosenLanguage(database.system, userId),
    chooseLanguage: (userId: string, language: Language | null) =>
      chooseLanguage(database.system, userId, language),
    /** Whether the address of an account counts: a mail to it was answered, or an admin vouched for it. */
    isConfirmed: (tx: Kysely<Schema>, userId: string) => isConfirmed(tx, userId),
    confirmAddress: (tx: Kysely<Schema>, userId: string) => confirmAddress(tx, userId),
    tasks: passwords.tasks,
    /** For the worker: removes what has expired. */
    sweeps: [{ name: "identity.expired_sessions", everyMs: 60 * 60 * 1000, run: removeOld }],
  };
}

/** A key of its own, so that a session's signature opens nothing else. */
function cookieSecret(key: string): string {
  const derived = hkdfSync("sha256", Buffer.from(key, "base64"), "", "galley session cookie", 32);
  return Buffer.from(derived).toString("base64");
}
