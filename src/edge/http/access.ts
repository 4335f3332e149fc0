import type { FastifyInstance, RouteOptions } from "fastify";
import type { Identity, Session } from "#identity";
import type { Installation } from "#installation";
import type { Permission } from "#kit";
import { addLogContext } from "#platform/telemetry";
import { can } from "#workspaces";
import { refuseForeignSite } from "./csrf.ts";
import { HttpError } from "./errors.ts";

/**
 * Deny by default: a route that does not say who may call it stops the start, and a request reaches its
 * handler only with the session and the permission that the route names.
 */
export function guardRoutes(
  app: FastifyInstance,
  options: { identity: Identity; installation: Pick<Installation, "isAdmin">; publicUrl: string },
): void {
  const { identity, installation } = options;
  const publicOrigin = new URL(options.publicUrl).origin;
  app.decorateRequest("actor", null);
  app.decorateRequest("signedIn", null);

  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    routes.push(route);
  });
  // Not at once: a scope of public files gives its plugin's routes their access in a hook of its own.
  app.addHook("onReady", async () => {
    const open = routes.filter((route) => route.config?.access === undefined);
    if (open.length === 0) return;
    const names = open.map((route) => `${String(route.method)} ${route.url}`);
    throw new TypeError(`every route names its access; missing at ${names.join(", ")}`);
  });

  app.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config.access;
    // No route: the answer is 404 for everybody.
    if (access === undefined) return;
    if (access === "public") {
      refuseForeignSite(request, publicOrigin, false);
      return;
    }
    const session = await identity.checkSession(request.headers);
    if (session === null) throw signInFirst();
    if (session.via === "cookie") refuseForeignSite(request, publicOrigin, true);
    const { userId, name, email, member } = session;
    request.signedIn = { userId, name, email, sessionId: session.id };
    if (member !== null) {
      const person = { kind: "person" as const, userId, name, email, sessionId: session.id };
      request.actor = { ...person, ...member, requestId: request.id };
    }
    addLogContext({ userId, ...(member && { workspaceId: member.workspaceId }) });
    if (access === "session") return;
    if (access !== "installation") refuseWithoutPermission(access, session);
    else if (!(await installation.isAdmin(userId))) throw adminsOnly();
  });
}

function refuseWithoutPermission(permission: Permission, session: Session): void {
  if (session.member === null) {
    // The same for a workspace of somebody else and one that does not exist.
    throw new HttpError({
      code: "http.no_workspace",
      kind: "not_found",
      message: "There is no such workspace, or you are not a member of it.",
    });
  }
  if (!can(session.member.role, permission)) throw notAllowed(permission, session.member.role);
}

function notAllowed(permission: Permission, role: string): HttpError {
  return new HttpError({
    code: "http.forbidden",
    kind: "forbidden",
    message: `Your role (${role}) does not include ${permission}; ask an owner or admin of the workspace.`,
  });
}

function adminsOnly(): HttpError {
  return new HttpError({
    code: "http.installation_admins_only",
    kind: "forbidden",
    message:
      "This concerns the whole installation, so one of its admins decides; a role in a workspace is not enough.",
  });
}

function signInFirst(): HttpError {
  return new HttpError({
    code: "http.sign_in_first",
    kind: "unauthenticated",
    message: "Sign in first; a session may have ended or expired.",
  });
}
