import { Readable } from "node:stream";
import { mediaKind } from "#connectors";
import type { Actor, Clock } from "#kit";
import { newId, wellFormedProblem } from "#kit";
import type { Database } from "#platform/db";
import { append } from "#platform/events";
import type { Files, OpenedFile } from "#platform/files";
import { decodeIdCursor } from "#platform/wire";
import { mediaAdded, mediaRemoved } from "../events.ts";
import { DeskError, mediaNotFound } from "../model/errors.ts";
import { pageOfRows } from "../model/page.ts";
import type { Media } from "../model/post.ts";
import { type Images, wrongType } from "./images.ts";
import * as store from "./media.store.ts";
import { type ReceivedFile, type UploadLimits, acceptFile, largestUpload, receiveFile } from "./receive.ts";
import { type RenditionWidth, forgetRenditions, renditionOf } from "./renditions.ts";

type Upload = { file: ReceivedFile; fileName: string; altText: string };

/** The images, videos and documents of a workspace. */
export type MediaDesk = {
  /** Largest upload in bytes, of any kind. */
  maxBytes: number;
  /** Takes in the bytes of an upload; the caller drops it if it is not added. */
  receive(source: AsyncIterable<Uint8Array>): Promise<ReceivedFile>;
  add(actor: Actor, upload: Upload): Promise<Media>;
  /** For what is in memory anyway, as a fetched image. */
  addBytes(actor: Actor, upload: { bytes: Uint8Array; fileName: string; altText: string }): Promise<Media>;
  list(
    workspaceId: string,
    page: { cursor: string | null; limit: number },
  ): Promise<{ items: Media[]; next: string | null }>;
  get(workspaceId: string, id: string): Promise<Media>;
  describe(actor: Actor, id: string, altText: string): Promise<Media>;
  remove(actor: Actor, id: string): Promise<void>;
  /** Bytes and type for the signed address; the caller has checked the signature. */
  bytes: (workspaceId: string, sha256: string) => Promise<ServedFile>;
  /** A picture at most so wide, for a page that shows it small; what is no picture as it is. */
  atWidth: (workspaceId: string, sha256: string, width: RenditionWidth) => Promise<ServedFile>;
  /** The same, a picture of another type as a JPEG on white. Throws `desk.image_type` for what is no picture. */
  asJpeg: (workspaceId: string, sha256: string) => Promise<ServedFile>;
};

/** Images are small and whole; the others are read in pieces. */
export type ServedFile = { mimeType: string } & (
  | { kind: "image"; bytes: Uint8Array }
  | ({ kind: "video" | "document" } & OpenedFile)
);

type MediaDeps = { database: Database; files: Files; images: Images; clock: Clock; uploads: UploadLimits };

export function createMediaDesk(deps: MediaDeps): MediaDesk {
  const { database, files, uploads } = deps;

  async function list(workspaceId: string, { cursor, limit }: { cursor: string | null; limit: number }) {
    const before = cursor === null ? null : decodeIdCursor(cursor);
    const rows = await database.inWorkspace(workspaceId, (db) =>
      store.listMedia(db, workspaceId, { before, limit: limit + 1 }),
    );
    return pageOfRows(rows, limit, (media) => [media.mediaId]);
  }

  async function get(workspaceId: string, id: string): Promise<Media> {
    const found = await database.inWorkspace(workspaceId, (db) => store.mediaByIds(db, workspaceId, [id]));
    const media = found.get(id);
    if (!media) throw mediaNotFound();
    return media;
  }

  async function describe(actor: Actor, id: string, altText: string): Promise<Media> {
    assertStorable("/altText", altText);
    const media = await database.inWorkspace(actor.workspaceId, (db) =>
      store.updateAltText(db, actor.workspaceId, id, altText),
    );
    if (!media) throw mediaNotFound();
    return media;
  }

  async function bytes(workspaceId: string, sha256: string): Promise<ServedFile> {
    const mimeType = await database.inWorkspace(workspaceId, (db) =>
      store.typeOfBytes(db, workspaceId, sha256),
    );
    if (mimeType === null) throw mediaNotFound();
    const kind = mediaKind(mimeType);
    if (kind === "image") return { kind, mimeType, bytes: await files.read(workspaceId, sha256) };
    return { kind, mimeType, ...(await files.open(workspaceId, sha256)) };
  }

  async function receive(source: AsyncIterable<Uint8Array>): Promise<ReceivedFile> {
    return receiveFile(files, uploads, source);
  }

  async function asJpeg(workspaceId: string, sha256: string): Promise<ServedFile> {
    const file = await bytes(workspaceId, sha256);
    if (file.kind !== "image") throw wrongType(file.mimeType);
    if (file.mimeType === "image/jpeg") return file;
    return { kind: "image", bytes: await deps.images.asJpeg(file.bytes), mimeType: "image/jpeg" };
  }

  async function atWidth(workspaceId: string, sha256: string, width: RenditionWidth): Promise<ServedFile> {
    const file = await bytes(workspaceId, sha256);
    if (file.kind !== "image") return file;
    return { kind: "image", ...(await renditionOf(deps, workspaceId, { sha256, width }, file)) };
  }

  return {
    maxBytes: largestUpload(uploads),
    receive,
    add: (actor, upload) => addMedia(deps, actor, upload),
    addBytes: async (actor, { bytes: whole, ...upload }) => {
      const file = await receive(Readable.from([whole]));
      try {
        return await addMedia(deps, actor, { ...upload, file });
      } finally {
        await file.staged.drop();
      }
    },
    list,
    get,
    describe,
    remove: (actor, id) => removeMedia(deps, actor, id),
    bytes,
    atWidth,
    asJpeg,
  };
}

/**
 * Cleans and stores an upload. The bytes are on the disk before the row says so: a full disk or a crash
 * leaves no row without bytes.
 *
 * @throws DeskError `desk.image_*`, `desk.video_*`, `desk.document_*`; FilesError `files.disk_full`
 */
async function addMedia(deps: MediaDeps, actor: Actor, upload: Upload): Promise<Media> {
  assertStorable("/altText", upload.altText);
  const accepted = await acceptFile(deps, upload.file);
  const { workspaceId } = actor;
  const hash = accepted.sha256;
  const media: Media = {
    mediaId: newId(),
    sha256: hash,
    mimeType: accepted.mimeType,
    bytes: accepted.bytes,
    width: accepted.width,
    height: accepted.height,
    durationMs: accepted.durationMs,
    pages: accepted.pages,
    fileName: safeName(upload.fileName),
    altText: upload.altText,
    createdAt: deps.clock.now(),
  };
  await deps.database.inWorkspace(workspaceId, async (db) => {
    await store.lockBytes(db, workspaceId, hash);
    await accepted.store(workspaceId);
    await store.insertMedia(db, workspaceId, media, actor.userId);
    await append(db, mediaAdded, {
      actor,
      targetId: media.mediaId,
      data: { fileName: media.fileName, sha256: hash },
    });
  });
  return media;
}

/** Removes a file that no version of any post shows; its bytes go with the last row that has them. */
async function removeMedia(deps: MediaDeps, actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  const hash = await deps.database.inWorkspace(workspaceId, async (db) => {
    const media = await store.lockMedia(db, workspaceId, id);
    if (!media) throw mediaNotFound();
    const title = await store.postUsing(db, workspaceId, id);
    if (title !== null) {
      throw new DeskError({
        code: "desk.media_in_use",
        kind: "conflict",
        message: `The post "${title}" shows this file; its versions must stay readable, so the file stays.`,
      });
    }
    await store.deleteMedia(db, workspaceId, id);
    await append(db, mediaRemoved, { actor, targetId: id, data: { fileName: media.fileName } });
    return media.sha256;
  });
  // After the commit, so that no row is ever without its bytes; a crash in between leaves a file too many.
  await deps.database.inWorkspace(workspaceId, async (db) => {
    await store.lockBytes(db, workspaceId, hash);
    if ((await store.typeOfBytes(db, workspaceId, hash)) !== null) return;
    await forgetRenditions(deps, db, workspaceId, hash);
    if (!(await store.usesBytes(db, workspaceId, hash))) await deps.files.remove(workspaceId, hash);
  });
}

/** The last part of whatever path a client sent, for people to read; it never names a file here. */
function safeName(name: string): string {
  const last = name.toWellFormed().replaceAll("\0", "").split(/[/\\]/).at(-1)?.trim() ?? "";
  return Array.from(last).slice(0, 200).join("") || "file";
}

function assertStorable(path: string, text: string): void {
  const problem = wellFormedProblem(path, text);
  if (!problem) return;
  throw new DeskError({
    code: "desk.broken_text",
    kind: "unprocessable",
    message: problem.message,
    problems: [problem],
  });
}
