import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  ContextConfigDefault,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
} from "fastify";
import type { z } from "zod";
import type { App, RouteRules, ZodTypes } from "./app.ts";

/** A route as data: everything about it but what it does. Its `operationId` is its key in the contract. */
export type Route = RouteRules & {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As Fastify takes it: `/posts/:id`, below where the contract is served (`/api/v1` for the API). */
  path: `/${string}`;
  /** One line for the description of the API. */
  summary: string;
  description?: string;
  tags: readonly string[];
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** What is answered, by status; none where the answer is a file or a page. */
  answers?: { readonly [status: number]: z.ZodType };
  /** Media types, where a body or an answer is not JSON. */
  consumes?: readonly string[];
  produces?: readonly string[];
  /** Bytes of the body, where the ordinary limit does not do. */
  bodyLimit?: number;
};

/** Routes by `operationId`. */
export type Contract = Readonly<Record<string, Route>>;

/** Names a contract, so that its types stay as narrow as they are written. */
export function contract<const Routes extends Contract>(routes: Routes): Routes {
  return routes;
}

type Schema<Of extends Route> = {
  params: Of extends { params: infer Params } ? Params : undefined;
  querystring: Of extends { query: infer Query } ? Query : undefined;
  body: Of extends { body: infer Body } ? Body : undefined;
  response: Of extends { answers: infer Answers } ? Answers : undefined;
};

/** What a route does: a handler as Fastify knows it, with the types of the route's schemas. */
type Handler<Of extends Route> = RouteHandlerMethod<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  RouteGenericInterface,
  ContextConfigDefault,
  Schema<Of>,
  ZodTypes
>;

/** A handler for every route of a contract; one that is missing, or too many, does not compile. */
type Handlers<Routes extends Contract> = { readonly [Id in keyof Routes]: Handler<Routes[Id]> };

/** Registers every route of a contract. */
export function serve<Routes extends Contract>(app: App, routes: Routes, handlers: Handlers<Routes>): void {
  for (const [operationId, route] of Object.entries(routes)) {
    const { method, path, bodyLimit, params, query, body, answers, ...rest } = route;
    const { summary, description, tags, consumes, produces, ...config } = rest;
    const texts = { operationId, summary, description, tags, consumes, produces };
    const schemas = { params, querystring: query, body, response: answers };
    app.route({
      method,
      url: path,
      ...(bodyLimit === undefined ? {} : { bodyLimit }),
      config,
      // Which schemas and which handler a route has is known by the types of its contract alone, and not in a loop.
      schema: defined({ ...texts, ...schemas }) as Schema<Route>,
      handler: handlers[operationId] as Handler<Route>,
    });
  }
}

/** Without what is undefined: Fastify takes a schema that is named for one that is there. */
function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
