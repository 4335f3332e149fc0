import multipart, { type Multipart } from "@fastify/multipart";
import type { App } from "#platform/wire";
import { actorOf, idParams, pageQuery } from "#platform/wire";
import { z } from "zod";
import type { Desk } from "./desk.ts";
import { DeskError } from "./errors.ts";
import * as schema from "./posts.schema.ts";
import { mediaToWire } from "./posts.wire.ts";

/** Longest text field of an upload; alt texts of platforms end far below. */
const fieldBytes = 20_000;

/** Images: upload, describe, remove. Only these routes read multipart bodies. */
export async function mediaRoutes(app: App, { desk }: { desk: Desk }): Promise<void> {
  const { media, mediaLinks } = desk;
  await app.register(async (uploads) => {
    await uploads.register(multipart, {
      limits: { files: 1, fields: 5, fileSize: media.maxBytes, fieldSize: fieldBytes, parts: 6 },
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
      if (!request.isMultipart()) throw noFile();
      const { file, altText } = await readUpload(request.parts(), media.maxBytes);
      if (!file) throw noFile();
      const added = await media.add(actor, { ...file, altText });
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

type Received = { file: { bytes: Uint8Array; fileName: string } | null; altText: string };

/** `altText` may stand before or after the file, so every part is read. */
async function readUpload(parts: AsyncIterable<Multipart>, maxBytes: number): Promise<Received> {
  const received: Received = { file: null, altText: "" };
  try {
    for await (const part of parts) {
      if (part.type === "field") {
        if (part.valueTruncated) throw textTooLong();
        if (part.fieldname === "altText" && typeof part.value === "string") received.altText = part.value;
      } else if (part.fieldname === "file") {
        received.file = { bytes: await part.toBuffer(), fileName: part.filename };
      } else {
        part.file.resume();
      }
    }
  } catch (error) {
    if (error instanceof DeskError) throw error;
    const tooLarge = error instanceof Error && "code" in error && error.code === "FST_REQ_FILE_TOO_LARGE";
    throw tooLarge ? fileTooLarge(maxBytes, error) : brokenUpload(error);
  }
  return received;
}

function fileTooLarge(maxBytes: number, cause: unknown): DeskError {
  return new DeskError({
    code: "desk.image_size",
    kind: "too_large",
    message: `This file is larger than ${Math.floor(maxBytes / 1e6)} MB; save it smaller and upload it again.`,
    problems: [{ path: "/file", code: "desk.image_size", message: "Too many bytes." }],
    cause,
  });
}

/** A text that was cut must not be taken for the whole. */
function textTooLong(): DeskError {
  return new DeskError({
    code: "desk.text_size",
    kind: "too_large",
    message: `A field of this upload is longer than ${fieldBytes} bytes; shorten it.`,
  });
}

function brokenUpload(cause: unknown): DeskError {
  return new DeskError({
    code: "desk.broken_upload",
    kind: "invalid",
    message: "The upload ended early or is not well-formed multipart/form-data; send it again.",
    cause,
  });
}

function noFile(): DeskError {
  return new DeskError({
    code: "desk.no_file",
    kind: "invalid",
    message: "Send the image as the multipart field `file`.",
    problems: [{ path: "/file", code: "desk.no_file", message: "This field is required." }],
  });
}
