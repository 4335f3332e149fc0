import type { Kysely } from "kysely";
import type { Database, Schema } from "#platform/db";
import { append } from "#platform/events";
import { deleteOtherDevices } from "./devices.store.ts";
import { IdentityError } from "./errors.ts";
import { accountPasswordReset, accountUnlocked } from "./events.ts";
import { hashPassword, refuseWeak } from "./passwords/password.ts";
import * as store from "./passwords/passwords.store.ts";
import { forgetAllTries } from "./passwords/tries.store.ts";

export type Account = { id: string; email: string };

export type Accounts = ReturnType<typeof createAccounts>;

/** What is done about an account from outside of it: by an admin of the installation, or on the machine. */
export function createAccounts({ database }: { database: Database }) {
  const db = database.system;

  /** The account at an address; null where there is none. Never to be told on a public route. */
  async function find(address: string, tx: Kysely<Schema> = db): Promise<Account | null> {
    return store.findPerson(tx, { email: normalizeAddress(address) });
  }

  async function findOrRefuse(address: string) {
    const person = await store.findPerson(db, { email: normalizeAddress(address) });
    if (person !== null) return person;
    throw new IdentityError({
      code: "identity.no_such_person",
      kind: "not_found",
      message: `Nobody here has the address ${address}.`,
    });
  }

  /** Ends what wrong passwords have locked, everywhere. Throws `identity.no_such_person`. */
  async function unlock(address: string): Promise<Account> {
    const person = await findOrRefuse(address);
    await db.transaction().execute(async (tx) => {
      await forgetAllTries(tx, person.id);
      await record(tx, accountUnlocked, person.id);
    });
    return person;
  }

  /**
   * Gives an account a new password, unlocks it, and ends its sessions and devices. Throws
   * `identity.no_such_person` and `identity.weak_password`.
   */
  async function resetPassword(address: string, password: string): Promise<Account> {
    const person = await findOrRefuse(address);
    refuseWeak(password, person);
    const hash = await hashPassword(password);
    await db.transaction().execute(async (tx) => {
      await store.setPassword(tx, person.id, hash, new Date());
      await store.deleteOtherSessions(tx, person.id, null);
      await deleteOtherDevices(tx, person.id, null);
      await forgetAllTries(tx, person.id);
      await record(tx, accountPasswordReset, person.id);
    });
    return person;
  }

  return {
    find,
    unlock,
    resetPassword,
    /** Vouches for an address: it counts from now on, as if a mail to it had been answered. */
    confirm: (tx: Kysely<Schema>, userId: string) => store.confirmAddress(tx, userId),
    isConfirmed: (userId: string, tx: Kysely<Schema> = db) => store.isConfirmed(tx, userId),
  };
}

async function record(
  tx: Kysely<Schema>,
  kind: typeof accountUnlocked | typeof accountPasswordReset,
  userId: string,
): Promise<void> {
  await append(tx, kind, { actor: { kind: "machine" }, targetId: userId });
}

/** As the database keeps addresses: one person has one account, whatever case they type. */
export function normalizeAddress(email: string): string {
  return email.trim().toLowerCase();
}
