export { passwordRoutes } from "./passwords.routes.ts";
export { clientOf, sendSession, sessionRoutes } from "./sessions.routes.ts";
export { email, sessionOpened } from "./sessions.schema.ts";
