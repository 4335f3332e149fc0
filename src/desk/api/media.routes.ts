import type { Readable } from "node:stream";
import multipart, { type Multipart } from "@fastify/multipart";
import { GalleyError } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import type { Desk } from "../desk.ts";
import { byteRange } from "../media/byte-range.ts";
import type { MediaDesk, ServedFile } from "../media/media.ts";
import type { ReceivedFile } from "../media/receive.ts";
import type { RenditionWidth } from "../media/renditions.ts";
import { DeskError } from "../model/errors.ts";
import { mediaBytesContract } from "./media-bytes.contract.ts";
import { mediaContract, uploadContract } from "./media.contract.ts";
import { mediaToWire } from "./posts.wire.ts";

/** Longest text field of an upload; alt texts of platforms end far below. */
const fieldBytes = 20_000;

/** Images, videos, documents: upload, describe, remove. Only these routes read multipart bodies. */
export async function mediaRoutes(app: App, { desk }: { desk: Desk }): Promise<void> {
  const { media, mediaLinks } = desk;
  await app.register(async (uploads) => {
    await uploads.register(multipart, {
      limits: { files: 1, fields: 5, fileSize: media.maxBytes + 1, fieldSize: fieldBytes, parts: 6 },
    });
    uploads.addHook("onRoute", (route) => {
      route.bodyLimit = media.maxBytes + 100_000;
    });
    uploadRoute(uploads, desk);
  });

  serve(app, mediaContract, {
    listMedia: async (request) => {
      const { workspaceId } = actorOf(request);
      const { cursor, limit } = request.query;
      const page = await media.list(workspaceId, { cursor: cursor ?? null, limit });
      return { items: page.items.map((item) => mediaToWire(item, workspaceId, mediaLinks)), next: page.next };
    },

    getMedia: async (request) => {
      const { workspaceId } = actorOf(request);
      return mediaToWire(await media.get(workspaceId, request.params.id), workspaceId, mediaLinks);
    },

    describeMedia: async (request) => {
      const actor = actorOf(request);
      const changed = await media.describe(actor, request.params.id, request.body.altText);
      return mediaToWire(changed, actor.workspaceId, mediaLinks);
    },

    removeMedia: async (request, reply) => {
      await media.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}

function uploadRoute(app: App, desk: Desk): void {
  const { media, mediaLinks } = desk;
  serve(app, uploadContract, {
    uploadMedia: async (request, reply) => {
      const actor = actorOf(request);
      if (!request.isMultipart()) throw noFile();
      const { file, altText } = await readUpload(request.parts(), media).catch((error: unknown) => {
        drain(request.raw);
        throw error;
      });
      if (!file) throw noFile();
      try {
        const { fileName } = file;
        if (await reply.repeats({ sha256: file.file.staged.sha256, fileName, altText })) return reply;
        const added = await media.add(actor, { ...file, altText });
        return await reply.code(201).send(mediaToWire(added, actor.workspaceId, mediaLinks));
      } finally {
        await file.file.staged.drop();
      }
    },
  });
}

/**
 * The files themselves, at signed addresses that need no cookie and give none: outside `/api`, for
 * pages and for platforms that fetch what they are to show.
 */
export function mediaBytesRoutes(app: App, { desk }: { desk: Desk }): void {
  serve(app, mediaBytesContract, {
    probeMedia: async (_request, reply) =>
      reply.header("cache-control", "no-store").send({ galley: "files" as const }),

    getMediaBytes: async (request, reply) => {
      const { workspaceId, sha256 } = request.params;
      if (!desk.mediaLinks.accepts(workspaceId, sha256, request.query, desk.now())) {
        throw new DeskError({
          code: "desk.media_address",
          kind: "not_found",
          message: "This address is not one that Galley gave.",
        });
      }
      const { media } = desk;
      const served = await fileFor(media, workspaceId, sha256, request.query);
      reply.headers({
        "content-type": served.mimeType,
        "cache-control": "private, max-age=86400, immutable",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "same-site",
      });
      if (served.kind === "image") return reply.header("content-disposition", "inline").send(served.bytes);
      const answer = answerInPieces(served, request.headers.range);
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    },
  });
}

function fileFor(
  media: MediaDesk,
  workspaceId: string,
  sha256: string,
  { as, width }: { as?: "jpeg" | undefined; width?: RenditionWidth | undefined },
): Promise<ServedFile> {
  if (as === "jpeg") return media.asJpeg(workspaceId, sha256);
  return width === undefined ? media.bytes(workspaceId, sha256) : media.atWidth(workspaceId, sha256, width);
}

/** Videos and documents were not made anew by us: a browser plays or keeps them, and never opens them as a page. */
function answerInPieces(served: Exclude<ServedFile, { kind: "image" }>, wanted: string | undefined) {
  const common = { "content-disposition": "attachment", "accept-ranges": "bytes" };
  const range = byteRange(wanted, served.bytes);
  if (range === "unsatisfiable") {
    return { status: 416, headers: { ...common, "content-range": `bytes */${served.bytes}` }, body: null };
  }
  if (range === null) {
    return { status: 200, headers: { ...common, "content-length": served.bytes }, body: served.read() };
  }
  const length = range.last - range.first + 1;
  const contentRange = `bytes ${range.first}-${range.last}/${served.bytes}`;
  const headers = { ...common, "content-range": contentRange, "content-length": length };
  return { status: 206, headers, body: served.read(range) };
}

type Received = { file: { file: ReceivedFile; fileName: string } | null; altText: string };

/** Reads the rest of a refused upload away: the parser has stopped, and the next request is behind it. */
function drain(incoming: Readable): void {
  incoming.unpipe();
  incoming.resume();
}

/**
 * `altText` may stand before or after the file, so every part is read. What was received before an error
 * is dropped here.
 */
async function readUpload(parts: AsyncIterable<Multipart>, media: MediaDesk): Promise<Received> {
  const received: Received = { file: null, altText: "" };
  try {
    for await (const part of parts) {
      if (part.type === "field") {
        if (part.valueTruncated) throw textTooLong();
        if (part.fieldname === "altText" && typeof part.value === "string") received.altText = part.value;
      } else if (part.fieldname === "file") {
        received.file = { file: await media.receive(part.file), fileName: part.filename };
      } else {
        part.file.resume();
      }
    }
  } catch (error) {
    await received.file?.file.staged.drop();
    if (error instanceof GalleyError) throw error;
    throw brokenUpload(error);
  }
  return received;
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
    message: "The upload ended early or is damaged (it has to be multipart/form-data); send it again.",
    cause,
  });
}

function noFile(): DeskError {
  return new DeskError({
    code: "desk.no_file",
    kind: "invalid",
    message: "Send the file as the multipart field `file`.",
    problems: [{ path: "/file", code: "desk.no_file", message: "Choose a file." }],
  });
}
