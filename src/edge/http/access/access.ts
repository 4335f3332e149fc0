import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import type { Identity, Session } from "#identity";
import type { Installation } from "#installation";
import type { Permission } from "#kit";
import { sha256 } from "#kit";
import { addLogContext } from "#platform/telemetry";
import { can } from "#workspaces";
import { HttpError } from "../errors.ts";
import { refuseForeignSite } from "./csrf.ts";

declare module "fastify" {
  interface FastifyRequest {
    session: Session | null;
  }
}

type AccessOptions = {
  identity: Identity;
  installation: Pick<Installation, "isAdmin">;
  publicUrl: string;
  /** `METRICS_TOKEN`; null: none. */
  metricsToken: string | null;
  /** What the terminal prints for the first set-up; null: none. */
  setUpToken: string | null;
};

/** Who makes the request, before anything counts or refuses it: its session where its route asks for one. */
export function recognisePeople(app: FastifyInstance, { identity }: { identity: Identity }): void {
  app.decorateRequest("actor", null);
  app.decorateRequest("signedIn", null);
  app.decorateRequest("session", null);

  app.addHook("onRequest", async (request) => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === "public") return;
    if ((access === "own-machine" || access === "operator") && request.isOwnMachine) return;
    const session = await identity.checkSession(request.headers);
    if (session === null) return;
    const { userId, name, email, member } = session;
    request.session = session;
    request.signedIn = { userId, name, email, sessionId: session.id };
    if (member !== null) {
      const person = { kind: "person" as const, userId, name, email, sessionId: session.id };
      request.actor = { ...person, ...member, requestId: request.id };
    }
    addLogContext({ userId, ...(member && { workspaceId: member.workspaceId }) });
  });
}

/**
 * Deny by default: a route that does not say who may call it stops the start, and a request reaches its
 * handler only with the session and the permission that the route names.
 */
export function guardRoutes(app: FastifyInstance, options: AccessOptions): void {
  const publicOrigin = new URL(options.publicUrl).origin;

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
    const { access, forSetUp = false } = request.routeOptions.config;
    // No route: the answer is 404 for everybody.
    if (access === undefined) return;
    const { session } = request;
    refuseForeignSite(request, publicOrigin, session?.via === "cookie");
    if (forSetUp && !request.isOwnMachine && !holds(request, options.setUpToken)) throw setUpTokenFirst();
    if (access === "public") return;
    if (access === "own-machine") {
      if (request.isOwnMachine || session !== null || holds(request, options.metricsToken)) return;
      throw operatorsOnly();
    }
    if (access === "operator" && request.isOwnMachine) return;
    if (session === null) throw signInFirst();
    if (access === "session") return;
    if (access !== "installation" && access !== "operator") refuseWithoutPermission(access, session);
    else if (!(await options.installation.isAdmin(session.userId))) throw adminsOnly();
  });
}

/** Whether a request brings this token, as `Authorization: Bearer` or in `Galley-Setup-Token`. */
function holds(request: FastifyRequest, token: string | null): boolean {
  const named = request.headers["galley-setup-token"];
  const bearer = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const given = typeof named === "string" ? named : bearer;
  if (token === null || given === undefined) return false;
  return timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(token)));
}

/** Whether details of the installation may be told: to this machine, to who is signed in, and with the token. */
export async function mayLookInside(
  request: FastifyRequest,
  { identity, metricsToken }: Pick<AccessOptions, "identity" | "metricsToken">,
): Promise<boolean> {
  if (request.isOwnMachine || holds(request, metricsToken)) return true;
  // With the database away nobody is known, and that it is away can still be asked.
  return (await identity.checkSession(request.headers).catch(() => null)) !== null;
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

function operatorsOnly(): HttpError {
  return new HttpError({
    code: "http.operators_only",
    kind: "unauthenticated",
    message:
      "This answers on the server's own machine, to people who are signed in, and to programs that send METRICS_TOKEN as a bearer token.",
  });
}

function setUpTokenFirst(): HttpError {
  return new HttpError({
    code: "http.setup_token",
    kind: "forbidden",
    message:
      "Setting up needs the token that Galley prints in its terminal or log at the start, in the header Galley-Setup-Token.",
    problems: [
      {
        path: "/setupToken",
        code: "http.setup_token",
        message: "Copy it from the terminal or log of Galley.",
      },
    ],
  });
}
