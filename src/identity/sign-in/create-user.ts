import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import { normalizeAddress } from "../accounts.ts";
import type { Client, SignedInResult } from "../client.ts";
import type { Devices } from "../devices.ts";
import { IdentityError } from "../errors.ts";
import { anyUserExists, lockSetUp, userIdByEmail } from "../identity.store.ts";
import { refuseWeak } from "../passwords/password.ts";
import { confirmAddress } from "../passwords/passwords.store.ts";
import { clientHeaders, type Engine } from "./engine.ts";
import { rememberDevice } from "./remember-device.ts";

/** `tx`: the caller's transaction. */
type CreateUserDeps = { devices: Devices; engine: Engine; tx: Kysely<Schema> };

export type NewPerson = { name: string; email: string; password: string };

/**
 * Makes a user with a password in the caller's transaction and opens a session. The caller has made sure
 * that the address is the person's: an account is the proof that its address counts. Throws
 * `identity.weak_password` (unprocessable) and `identity.email_taken` (conflict).
 */
export async function createUser(
  deps: CreateUserDeps,
  person: NewPerson,
  client: Client,
): Promise<SignedInResult> {
  const { engine, tx } = deps;
  refuseWeak(person.password, person);
  const email = normalizeAddress(person.email);
  if (await userIdByEmail(tx, email)) throw emailTaken();
  const { api } = await engine.on(tx);
  const { headers, response } = await api.signUpEmail({
    body: { name: person.name, email, password: person.password },
    headers: clientHeaders(client),
    returnHeaders: true,
  });
  await confirmAddress(tx, response.user.id);
  const result = engine.signedIn(response.user.id, headers);
  return rememberDevice(deps, tx, { result, known: null, client });
}

/**
 * Makes the owner of a fresh installation. Throws `identity.already_set_up` (conflict) once any user
 * exists; two calls at once make one user.
 */
export async function createFirstUser(
  deps: CreateUserDeps,
  person: NewPerson,
  client: Client,
): Promise<SignedInResult> {
  await lockSetUp(deps.tx);
  if (await anyUserExists(deps.tx)) {
    throw new IdentityError({
      code: "identity.already_set_up",
      kind: "conflict",
      message: "This Galley has an owner already; sign in, or ask the owner for an invitation.",
    });
  }
  return createUser(deps, person, client);
}

function emailTaken(): IdentityError {
  return new IdentityError({
    code: "identity.email_taken",
    kind: "conflict",
    message: "Somebody has an account with this email already.",
    problems: [{ path: "/email", code: "identity.email_taken", message: "This email is in use." }],
  });
}
