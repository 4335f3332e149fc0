export type { Identity, IdentityOptions } from "./identity.ts";
export type { Session, SessionView } from "./sessions/sessions.ts";
export type { Client, SignedInResult } from "./client.ts";
export type { Account, Accounts } from "./accounts.ts";
export { normalizeAddress } from "./accounts.ts";
export type { AccountMail } from "./passwords/passwords.ts";
export { createIdentity } from "./identity.ts";
export { IdentityError } from "./errors.ts";
export { accountsFeature, identityFeature } from "./feature.ts";
