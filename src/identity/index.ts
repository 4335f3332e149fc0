export type { Client, Identity, IdentityOptions, Session, SessionView, SignedInResult } from "./identity.ts";
export { createIdentity } from "./identity.ts";
export { IdentityError } from "./errors.ts";
