import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyTypeProvider,
  RawServerDefault,
} from "fastify";
import type { z } from "zod";
import type { Actor, JsonValue, Permission } from "#kit";
import { GalleyError } from "#kit";

/**
 * Who may call a route. Every route names it; a route without one stops the start.
 * `public`: anybody. `session`: any signed-in person, without a workspace. `installation`: an admin of the
 * installation, for what concerns more than one workspace. A permission: a member whose role grants it in
 * the request's workspace. `own-machine`: this machine, any signed-in person, or a program with the
 * installation's token. `operator`: this machine, or an admin of the installation.
 */
export type Access = "public" | "session" | "installation" | "own-machine" | "operator" | Permission;

/** A signed-in person, with or without a workspace. */
export type SignedIn = { userId: string; name: string; email: string; sessionId: string };

/** What the edge asks of a route before its handler runs, and how it treats a second request. */
export type RouteRules = {
  access: Access;
  /**
   * The edge honours `Idempotency-Key` on this POST. With `content` the handler reads the body itself, and asks
   * `reply.repeats` before it makes anything.
   */
  idempotent?: true | "content";
  /** What a second one does of a POST that honours no key; each says the one or the other. */
  again?: string;
  /** Requests a minute from one person or address, where the ordinary limit is too generous. */
  requestsPerMinute?: number;
  /** Public, but for this machine alone, or for who read the token in the terminal. */
  forSetUp?: boolean;
  /** This GET begins something, so no other site may make a browser send it. */
  begins?: boolean;
  /** People are led here by a platform or a mail: what goes wrong is told as a page. */
  landing?: boolean;
};

declare module "fastify" {
  interface FastifyContextConfig extends Partial<RouteRules> {}
  interface FastifyRequest {
    /** Set by the edge before a handler runs, for routes that need a permission. */
    actor: Actor | null;
    /** Set by the edge before a handler runs, for every route that is not public. */
    signedIn: SignedIn | null;
    /** Set by the edge: whether the request was made on the machine that Galley runs on. */
    isOwnMachine: boolean;
  }
  interface FastifyReply {
    /**
     * On routes that are idempotent by `content`, which is what the request asks for: true where it has been
     * done under the same `Idempotency-Key`. The answer has been sent then, and the handler returns the reply.
     */
    repeats: (content: JsonValue) => Promise<boolean>;
  }
}

/** Routes declare Zod schemas; the edge compiles each once to JSON Schema for Ajv and fast-json-stringify. */
export interface ZodTypes extends FastifyTypeProvider {
  validator: this["schema"] extends z.ZodType ? z.output<this["schema"]> : unknown;
  serializer: this["schema"] extends z.ZodType ? z.input<this["schema"]> : unknown;
}

/** What `*.routes.ts` files register on. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypes
>;

/** The member who makes this request; only on routes whose access is a permission. */
export function actorOf(request: Pick<FastifyRequest, "actor">): Actor {
  if (request.actor) return request.actor;
  throw new GalleyError({ code: "wire.no_actor", kind: "unauthenticated", message: "Sign in first." });
}

/** The person who makes this request; on every route that is not public. */
export function signedInOf(request: Pick<FastifyRequest, "signedIn">): SignedIn {
  if (request.signedIn) return request.signedIn;
  throw new GalleyError({ code: "wire.no_session", kind: "unauthenticated", message: "Sign in first." });
}

/** A request and a reply of any route, for functions that several routes share. */
export type Request = FastifyRequest;
export type Reply = FastifyReply;
