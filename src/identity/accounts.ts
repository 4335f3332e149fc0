import type { Kysely } from "kysely";
import type { Database, Schema } from "#platform/db";
import * as store from "./identity.store.ts";

export type Account = { id: string; email: string };

export type Accounts = ReturnType<typeof createAccounts>;

/** What is done about an account from outside of it: by an admin of the installation, or on the machine. */
export function createAccounts({ database }: { database: Database }) {
  /** The account at an address; null where there is none. Never to be told on a public route. */
  async function find(email: string, tx: Kysely<Schema> = database.system): Promise<Account | null> {
    const address = normalizeAddress(email);
    const id = await store.userIdByEmail(tx, address);
    return id === null ? null : { id, email: address };
  }

  return { find };
}

/** As the database keeps addresses: one person has one account, whatever case they type. */
export function normalizeAddress(email: string): string {
  return email.trim().toLowerCase();
}
