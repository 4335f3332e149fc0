import { passwordsContract } from "./passwords/passwords.contract.ts";
import { sessionsContract } from "./sessions/sessions.contract.ts";

export const identityContract = { ...sessionsContract, ...passwordsContract };

export { email } from "./address.schema.ts";
export { sessionOpened } from "./sessions/sessions.schema.ts";
