import multipart from "@fastify/multipart";
import type { App } from "#platform/wire";
import { actorOf, idParams, pageQuery } from "#platform/wire";
import { z } from "zod";
import type { Desk } from "./desk.ts";
import { DeskError } from "./errors.ts";
import * as schema from "./posts.schema.ts";
import { mediaToWire } from "./posts.wire.ts";

/** Images: upload, describe, remove. Only these routes read multipart bodies. */
export async function mediaRoutes(app: App, { desk }: { desk: Desk }): Promise<void> {
  const { media, mediaLinks } = desk;
  await app.register(async (uploads) => {
    await uploads.register(multipart, {
      limits: { files: 1, fields: 5, fileSize: media.maxBytes, fieldSize: 64_000, parts: 6 },
    });
    uploadRoute(uploads, desk);
  });

  app.get(
    "/media",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listMedia",
        summary: "Images, newest first",
        tags: ["Media"],
        querystring: pageQuery,
        response: { 200: schema.mediaPage },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { cursor, limit } = request.query;
      const page = await media.list(workspaceId, { cursor: cursor ?? null, limit });
      return { items: page.items.map((item) => mediaToWire(item, workspaceId, mediaLinks)), next: page.next };
    },
  );

  app.get(
    "/media/:id",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getMedia",
        summary: "One image",
        tags: ["Media"],
        params: idParams,
        response: { 200: schema.media },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      return mediaToWire(await media.get(workspaceId, request.params.id), workspaceId, mediaLinks);
    },
  );

  app.patch(
    "/media/:id",
    {
      config: { access: "posts.write" },
      schema: {
        operationId: "describeMedia",
        summary: "Change the alt text that new uses of an image start with",
        tags: ["Media"],
        params: idParams,
        body: schema.altTextBody,
        response: { 200: schema.media },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const changed = await media.describe(actor, request.params.id, request.body.altText);
      return mediaToWire(changed, actor.workspaceId, mediaLinks);
    },
  );

  app.delete(
    "/media/:id",
    {
      config: { access: "posts.write" },
      schema: {
        operationId: "removeMedia",
        summary: "Remove an image that no post shows",
        tags: ["Media"],
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await media.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function uploadRoute(app: App, desk: Desk): void {
  const { media, mediaLinks } = desk;
  app.post(
    "/media",
    {
      config: { access: "posts.write", idempotent: true },
      bodyLimit: media.maxBytes + 100_000,
      schema: {
        operationId: "uploadMedia",
        summary: "Upload an image (multipart: `file`, `altText`)",
        tags: ["Media"],
        consumes: ["multipart/form-data"],
        response: { 201: schema.media },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      let file: { bytes: Uint8Array; fileName: string } | null = null;
      let altText = "";
      // `altText` may stand before or after the file, so every part is read.
      for await (const part of request.parts()) {
        if (part.type === "field") {
          if (part.fieldname === "altText" && typeof part.value === "string") altText = part.value;
        } else if (part.fieldname === "file") {
          file = {
            bytes: await part.toBuffer().catch(rethrowTooLarge(media.maxBytes)),
            fileName: part.filename,
          };
        } else {
          part.file.resume();
        }
      }
      if (!file) throw noFile();
      const added = await media.add(actor, { ...file, altText: altText.slice(0, 10_000) });
      return reply.code(201).send(mediaToWire(added, actor.workspaceId, mediaLinks));
    },
  );
}

/**
 * The images themselves, at signed addresses that need no cookie and give none: outside `/api`, for
 * pages and for platforms that fetch what they are to show.
 */
export function mediaBytesRoutes(app: App, { desk }: { desk: Desk }): void {
  app.get(
    "/media/:workspaceId/:sha256",
    {
      config: { access: "public" },
      schema: {
        operationId: "getMediaBytes",
        summary: "The bytes of an image, by signed address",
        tags: ["Media"],
        params: z.object({ workspaceId: z.uuid(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
        querystring: z.object({ signature: z.string().min(1).max(100) }),
      },
    },
    async (request, reply) => {
      const { workspaceId, sha256 } = request.params;
      if (!desk.mediaLinks.accepts(workspaceId, sha256, request.query.signature)) {
        throw new DeskError({
          code: "desk.media_address",
          kind: "not_found",
          message: "This address is not one that Galley gave.",
        });
      }
      const { bytes, mimeType } = await desk.media.bytes(workspaceId, sha256);
      return reply
        .headers({
          "content-type": mimeType,
          "content-disposition": "inline",
          "cache-control": "private, max-age=86400, immutable",
          "x-content-type-options": "nosniff",
          "content-security-policy": "default-src 'none'; sandbox",
          "cross-origin-resource-policy": "same-site",
        })
        .send(bytes);
    },
  );
}

function rethrowTooLarge(maxBytes: number) {
  return (cause: unknown): never => {
    const tooLarge = cause instanceof Error && "code" in cause && cause.code === "FST_REQ_FILE_TOO_LARGE";
    if (!tooLarge) throw cause;
    throw new DeskError({
      code: "desk.image_size",
      kind: "too_large",
      message: `This file is larger than ${Math.floor(maxBytes / 1e6)} MB; save it smaller and upload it again.`,
      problems: [{ path: "/file", code: "desk.image_size", message: "Too many bytes." }],
      cause,
    });
  };
}

function noFile(): DeskError {
  return new DeskError({
    code: "desk.no_file",
    kind: "invalid",
    message: "Send the image as the multipart field `file`.",
    problems: [{ path: "/file", code: "desk.no_file", message: "This field is required." }],
  });
}
