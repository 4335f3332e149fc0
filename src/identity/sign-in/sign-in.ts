import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#platform/db";
import { normalizeAddress } from "../accounts.ts";
import type { Client, SignedInResult } from "../client.ts";
import type { Devices } from "../devices.ts";
import { IdentityError } from "../errors.ts";
import { deleteSessionOf, userIdByEmail } from "../identity.store.ts";
import { hashPassword } from "../passwords/password.ts";
import { passwordHash, passwordStands } from "../passwords/passwords.store.ts";
import { elsewhere, type Tries } from "../passwords/tries.ts";
import { clientHeaders, type Engine } from "./engine.ts";
import { rememberDevice } from "./remember-device.ts";

type SignInDeps = { database: Database; devices: Devices; tries: Tries; engine: Engine };

/** Every refused sign-in takes at least this long, so that time does not tell whether an account exists. */
const refusalMs = 300;

/**
 * Opens a session, and knows its browser from then on. Throws `identity.sign_in_refused`
 * (unauthenticated), the same for an unknown email, a wrong password and an account that pauses after ten
 * wrong passwords in a row; a known device has a count of its own.
 */
export async function signIn(
  deps: SignInDeps,
  credentials: { email: string; password: string },
  client: Client,
): Promise<SignedInResult> {
  const { devices, tries } = deps;
  const db = deps.database.system;
  const email = normalizeAddress(credentials.email);
  const earliestRefusal = pause(refusalMs);
  const userId = await userIdByEmail(db, email);
  const known = userId === null ? null : await devices.find(userId, client.cookie);
  const place = { userId: userId ?? "", place: known?.id ?? elsewhere };
  const mayTry = userId !== null && (await tries.begin(db, place));
  const { password } = credentials;
  const result = mayTry ? await trySignIn(deps, { userId, email, password }, client) : null;
  if (result !== null) {
    await tries.forget(db, place);
    return rememberDevice(deps, db, { result, known, client });
  }
  if (!mayTry) await hashPassword(password);
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

/**
 * Null for a wrong password, and for one that is replaced while it is checked: the session would have come too late
 * to be ended with the others.
 */
async function trySignIn(
  { database, engine }: SignInDeps,
  { userId, email, password }: { userId: string; email: string; password: string },
  client: Client,
): Promise<SignedInResult | null> {
  const { api } = await engine.onPool();
  const { APIError } = await import("better-auth/api");
  const hash = await passwordHash(database.system, userId);
  if (hash === null) return null;
  try {
    const { headers, response } = await api.signInEmail({
      body: { email, password },
      headers: clientHeaders(client),
      returnHeaders: true,
    });
    if (await passwordStands(database.system, userId, hash)) return engine.signedIn(userId, headers);
    await deleteSessionOf(database.system, response.token);
    return null;
  } catch (error) {
    if (error instanceof APIError && error.statusCode === 401) return null;
    throw error;
  }
}
