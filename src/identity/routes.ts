export { passwordRoutes } from "./passwords.routes.ts";
export { clientOf, sendSession, sessionRoutes } from "./sessions/sessions.routes.ts";
export { email, sessionOpened } from "./sessions/sessions.schema.ts";
