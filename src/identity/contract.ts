import { passwordsContract } from "./passwords/passwords.contract.ts";
import { preferencesContract } from "./preferences/preferences.contract.ts";
import { sessionsContract } from "./sessions/sessions.contract.ts";

export const identityContract = { ...sessionsContract, ...passwordsContract, ...preferencesContract };

export { email } from "./address.schema.ts";
export { preferences } from "./preferences/preferences.schema.ts";
export { sessionOpened } from "./sessions/sessions.schema.ts";
