import type { Kysely } from "kysely";
import type { Accounts } from "#identity";
import { type AuditEntry, entryOf } from "#platform/audit";
import type { Database, Schema } from "#platform/db";
import { append, type InstallationActor } from "#platform/events";
import { listSecurityRecords } from "#platform/security-log";
import { InstallationError } from "./errors.ts";
import { installationAdminAdded, installationAdminRemoved, installationSetUp } from "./events.ts";
import * as store from "./installation.store.ts";

export type Admin = { userId: string; name: string; email: string; since: Date };

export type InstallationOptions = {
  database: Database;
  accounts: Pick<Accounts, "find" | "confirm" | "isConfirmed">;
};

export type Installation = ReturnType<typeof createInstallation>;

/**
 * What concerns everybody on this Galley, and who decides about it: its admins. The first is who set it
 * up; a role in a workspace gives nothing here.
 */
export function createInstallation({ database, accounts }: InstallationOptions) {
  const db = database.system;

  async function admins(): Promise<Admin[]> {
    const rows = await store.listAdmins(db);
    return rows.map(({ id, name, email, created_at: since }) => ({ userId: id, name, email, since }));
  }

  /**
   * Names one more admin by the address of an account. Naming an admin again changes nothing. Who does so on
   * the machine vouches for the address; otherwise it must be confirmed. Throws
   * `installation.no_such_person` (not found) and `installation.address_unconfirmed` (conflict).
   */
  async function addAdmin(actor: InstallationActor, email: string): Promise<Admin[]> {
    await db.transaction().execute(async (tx) => {
      const person = await accounts.find(email, tx);
      if (person === null) throw noSuchPerson();
      if (actor.kind === "machine") await accounts.confirm(tx, person.id);
      else if (!(await accounts.isConfirmed(person.id, tx))) throw addressUnconfirmed();
      const addedBy = actor.kind === "person" ? actor.userId : null;
      if (!(await store.insertAdmin(tx, { userId: person.id, addedBy }))) return;
      await append(tx, installationAdminAdded, { actor, targetId: person.id, data: { email: person.email } });
    });
    return admins();
  }

  /** Throws `installation.admin_not_found`, and `installation.last_admin` (conflict) for the only one. */
  async function removeAdmin(actor: InstallationActor, userId: string): Promise<Admin[]> {
    await db.transaction().execute(async (tx) => {
      await store.lockAdmins(tx);
      const all = await store.listAdmins(tx);
      const removed = all.find(({ id }) => id === userId);
      if (removed === undefined) throw adminNotFound();
      if (all.length === 1) throw lastAdmin();
      await store.deleteAdmin(tx, userId);
      await append(tx, installationAdminRemoved, { actor, targetId: userId, data: { email: removed.email } });
    });
    return admins();
  }

  async function events(page: {
    limit: number;
    before: string | null;
  }): Promise<AuditEntry<InstallationActor["kind"]>[]> {
    return (await store.listEvents(db, page)).map(entryOf);
  }

  /** What was refused, newest first: of one workspace, or of all where it is null. */
  function refusals(workspaceId: string | null, page: { limit: number; before: string | null }) {
    return listSecurityRecords(db, workspaceId, page);
  }

  return {
    refusals,
    /** Asked for by every route whose access is `installation`. */
    isAdmin: (userId: string) => store.isAdmin(db, userId),
    admins,
    addFirstAdmin,
    addAdmin,
    removeAdmin,
    events,
  };
}

/** The person who sets this Galley up; in the transaction that makes the account. */
async function addFirstAdmin(tx: Kysely<Schema>, userId: string): Promise<void> {
  await store.insertAdmin(tx, { userId, addedBy: null });
  await append(tx, installationSetUp, { actor: { kind: "person", userId }, targetId: userId });
}

function noSuchPerson(): InstallationError {
  return new InstallationError({
    code: "installation.no_such_person",
    kind: "not_found",
    message: "Nobody here has an account with this address; invite the person to a workspace first.",
    problems: [{ path: "/email", code: "installation.no_such_person", message: "Nobody has this address." }],
  });
}

function addressUnconfirmed(): InstallationError {
  const message =
    "The address of this account was never confirmed, so it may be somebody else's. Let the person use “Forgot password?” once; the mail that they answer confirms it.";
  return new InstallationError({
    code: "installation.address_unconfirmed",
    kind: "conflict",
    message,
    problems: [{ path: "/email", code: "installation.address_unconfirmed", message }],
  });
}

function adminNotFound(): InstallationError {
  return new InstallationError({
    code: "installation.admin_not_found",
    kind: "not_found",
    message: "This person is not an admin of the installation.",
  });
}

function lastAdmin(): InstallationError {
  return new InstallationError({
    code: "installation.last_admin",
    kind: "conflict",
    message: "An installation needs an admin; name somebody else first.",
  });
}
