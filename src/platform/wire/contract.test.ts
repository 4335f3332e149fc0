import Fastify from "fastify";
import { expect, test } from "vitest";
import { z } from "zod";
import { createSerializerCompiler, createValidatorCompiler } from "../../edge/http/input/schemas.ts";
import { type App, contract, serve } from "./index.ts";

const shelf = contract({
  getBook: {
    method: "GET",
    path: "/books/:id",
    access: "posts.read",
    summary: "A book",
    tags: ["Books"],
    params: z.object({ id: z.string() }),
    answers: { 200: z.object({ id: z.string(), title: z.string() }) },
  },
  lendBook: {
    method: "POST",
    path: "/books/:id/lend",
    access: "posts.write",
    idempotent: true,
    bodyLimit: 20,
    summary: "Lend a book",
    tags: ["Books"],
    params: z.object({ id: z.string() }),
    body: z.object({ to: z.string() }),
    answers: { 204: z.null() },
  },
});

async function startShelf() {
  const app = Fastify();
  app.setValidatorCompiler(createValidatorCompiler());
  app.setSerializerCompiler(createSerializerCompiler());
  const seen: unknown[] = [];
  app.addHook("onRoute", ({ method, url, config, schema }) => {
    if (method !== "HEAD") seen.push({ method, url, config, operationId: schema?.operationId });
  });
  const lent: string[] = [];
  serve(app.withTypeProvider() as App, shelf, {
    getBook: (request) => ({ id: request.params.id, title: "Emma", secret: "of the library" }),
    lendBook: async (request, reply) => {
      lent.push(`${request.params.id} to ${request.body.to}`);
      return reply.code(204).send(null);
    },
  });
  await app.ready();
  return { app, lent, seen };
}

test("a contract's routes are registered with its rules, and its schemas check and shape what goes through", async () => {
  const { app, lent, seen } = await startShelf();
  expect(seen).toEqual([
    { method: "GET", url: "/books/:id", config: { access: "posts.read" }, operationId: "getBook" },
    {
      method: "POST",
      url: "/books/:id/lend",
      config: { access: "posts.write", idempotent: true },
      operationId: "lendBook",
    },
  ]);
  expect((await app.inject("/books/7")).json()).toEqual({ id: "7", title: "Emma" });
  const lend = (payload: object) => app.inject({ method: "POST", url: "/books/7/lend", payload });
  expect((await lend({ to: "Ada" })).statusCode).toBe(204);
  expect((await lend({ to: 5, from: 6 })).statusCode).not.toBe(204);
  expect((await lend({ to: "somebody with a long name" })).statusCode).toBe(413);
  expect(lent).toEqual(["7 to Ada"]);
});

test("a handler that is missing, or that answers something else, does not compile", () => {
  const app = Fastify().withTypeProvider() as App;
  // @ts-expect-error -- lendBook has no handler
  expect(() => serve(app, shelf, { getBook: () => ({ id: "7", title: "Emma" }) })).toThrow();
  // @ts-expect-error -- a book has a title
  expect(() => serve(app, shelf, { getBook: () => ({ id: "7" }), lendBook: () => null })).not.toBeNull();
});
