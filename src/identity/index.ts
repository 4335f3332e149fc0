export type { Client, Identity, IdentityOptions, Session, SessionView, SignedInResult } from "./identity.ts";
export type { Account, Accounts } from "./accounts.ts";
export { createAccounts, normalizeAddress } from "./accounts.ts";
export type { AccountMail } from "./passwords.ts";
export { createIdentity } from "./identity.ts";
export { IdentityError } from "./errors.ts";
