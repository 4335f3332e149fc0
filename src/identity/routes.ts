export { passwordRoutes } from "./passwords.routes.ts";
export { clientOf, sendSession, sessionRoutes } from "./sessions/sessions.routes.ts";
export { sessionCookieName } from "./settings.ts";
