import type { App, Reply } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import type { ImportView, Imports } from "../import/imports.ts";
import * as schema from "./imports.schema.ts";

/** Posts from a CSV file and into one. */
export function importRoutes(app: App, { imports }: { imports: Imports }): void {
  fileRoutes(app, imports);

  app.get(
    "/imports",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listImports",
        summary: "Imports, newest first",
        tags: ["Imports"],
        response: { 200: schema.importList },
      },
    },
    async (request) => ({ items: (await imports.list(actorOf(request).workspaceId)).map(toWire) }),
  );

  app.post(
    "/imports",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "uploadImport",
        summary: "Read a CSV file and check its lines; nothing is made yet",
        tags: ["Imports"],
        body: schema.uploadBody,
        response: { 201: schema.imported },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { fileName, content, zone } = request.body;
      const bytes = Buffer.from(content, "base64");
      const id = await imports.upload(actor, { fileName, bytes, zone });
      return reply.code(201).send(toWire(await imports.read(actor.workspaceId, id)));
    },
  );

  app.get(
    "/imports/:id",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getImport",
        summary: "How far an import is",
        tags: ["Imports"],
        params: idParams,
        response: { 200: schema.imported },
      },
    },
    async (request) => toWire(await imports.read(actorOf(request).workspaceId, request.params.id)),
  );

  app.get(
    "/imports/:id/lines",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listImportLines",
        summary: "What is made of each line of the file, or what is wrong with it",
        tags: ["Imports"],
        params: idParams,
        querystring: schema.linesQuery,
        response: { 200: schema.lineList },
      },
    },
    async (request) => {
      const { after, limit, state } = request.query;
      const page = { after, limit, states: state === undefined ? null : [state] };
      const items = await imports.lines(actorOf(request).workspaceId, request.params.id, page);
      return { items, next: items.length === limit ? (items.at(-1)?.line ?? null) : null };
    },
  );

  app.post(
    "/imports/:id/start",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "startImport",
        summary: "Make a draft of every good line",
        tags: ["Imports"],
        params: idParams,
        response: { 200: schema.imported },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      await imports.start(actor, request.params.id);
      return toWire(await imports.read(actor.workspaceId, request.params.id));
    },
  );
}

function fileRoutes(app: App, imports: Imports): void {
  app.get(
    "/imports/template.csv",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getImportTemplate",
        summary: "A CSV file with all columns and one example",
        tags: ["Imports"],
        produces: ["text/csv"],
      },
    },
    async (request, reply) =>
      asFile(reply, "galley-template.csv", await imports.template(actorOf(request).workspaceId)),
  );

  app.get(
    "/exports/posts.csv",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "exportPosts",
        summary: "All posts as a CSV file that an import takes",
        tags: ["Imports"],
        produces: ["text/csv"],
      },
    },
    async (request, reply) =>
      asFile(reply, "galley-posts.csv", await imports.exportPosts(actorOf(request).workspaceId)),
  );
}

function asFile(reply: Reply, name: string, text: string) {
  return reply
    .headers({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "x-content-type-options": "nosniff",
    })
    .send(text);
}

function toWire({ createdBy: _by, createdAt, ...view }: ImportView) {
  return { ...view, createdAt: createdAt.toISOString() };
}
