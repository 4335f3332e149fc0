import type { AccountMail, Identity } from "#identity";
import type { Installation } from "#installation";
import type { Clock } from "#kit";
import type { Database } from "#platform/db";

/** What inviting people and joining by an invitation stand on. */
export type InvitationDeps = {
  database: Database;
  identity: Identity;
  installation: Pick<Installation, "isAdmin">;
  clock: Clock;
  publicUrl: string;
  /** Null: this Galley sends none, and links are handed over by hand. */
  mail: AccountMail;
};
