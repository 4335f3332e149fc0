import type { App, Reply } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import type { ImportView, Imports } from "../import/imports.ts";
import { importsContract, importFilesContract } from "./imports.contract.ts";

/** Posts from a CSV file and into one. */
export function importRoutes(app: App, { imports }: { imports: Imports }): void {
  fileRoutes(app, imports);

  serve(app, importsContract, {
    listImports: async (request) => ({
      items: (await imports.list(actorOf(request).workspaceId)).map(toWire),
    }),

    uploadImport: async (request, reply) => {
      const actor = actorOf(request);
      const { fileName, content, zone } = request.body;
      const bytes = Buffer.from(content, "base64");
      const id = await imports.upload(actor, { fileName, bytes, zone });
      return reply.code(201).send(toWire(await imports.read(actor.workspaceId, id)));
    },

    getImport: async (request) => toWire(await imports.read(actorOf(request).workspaceId, request.params.id)),

    listImportLines: async (request) => {
      const { after, limit, state } = request.query;
      const page = { after, limit, states: state === undefined ? null : [state] };
      const items = await imports.lines(actorOf(request).workspaceId, request.params.id, page);
      return { items, next: items.length === limit ? (items.at(-1)?.line ?? null) : null };
    },

    startImport: async (request) => {
      const actor = actorOf(request);
      await imports.start(actor, request.params.id);
      return toWire(await imports.read(actor.workspaceId, request.params.id));
    },
  });
}

function fileRoutes(app: App, imports: Imports): void {
  serve(app, importFilesContract, {
    getImportTemplate: async (request, reply) =>
      asFile(reply, "galley-template.csv", await imports.template(actorOf(request).workspaceId)),

    exportPosts: async (request, reply) =>
      asFile(reply, "galley-posts.csv", await imports.exportPosts(actorOf(request).workspaceId)),
  });
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
