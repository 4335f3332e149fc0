import { readFile } from "node:fs/promises";
import { sha256 as sha256Of } from "#kit";
import type { Files, StagedFile } from "#platform/files";
import { DeskError } from "../model/errors.ts";
import { mimeTypeOf } from "./file-type.ts";
import type { Images } from "./images.ts";
import { type LargeFileFacts, type LargeFileLimits, inspectLargeFile, largeFileTypes } from "./large-file.ts";

/** The first two are about an image. */
export type UploadLimits = { maxBytes: number; maxPixels: number } & LargeFileLimits;

/** An upload on the disk: its type is what its magic bytes say, null where they say nothing. */
export type ReceivedFile = { staged: StagedFile; mimeType: string | null };

/** What file-type needs to see. */
const headBytes = 4100;

/**
 * Writes an upload to the disk as it comes, and stops reading where it gets larger than its kind may be.
 *
 * @throws DeskError `desk.image_size`, `desk.video_size`, `desk.document_size`; FilesError `files.disk_full`
 */
export async function receiveFile(
  files: Pick<Files, "stage">,
  limits: UploadLimits,
  source: AsyncIterable<Uint8Array>,
): Promise<ReceivedFile> {
  let mimeType: string | null = null;
  async function* watched(): AsyncIterable<Uint8Array> {
    let head: Buffer | null = Buffer.alloc(0);
    let allowed = sizeLimit(null, limits);
    let received = 0;
    for await (const piece of source) {
      received += piece.length;
      if (head === null) {
        if (received > allowed.maxBytes) throw tooLarge(allowed);
        yield piece;
        continue;
      }
      head = Buffer.concat([head, piece]);
      if (head.length < headBytes) continue;
      mimeType = await mimeTypeOf(head);
      allowed = sizeLimit(mimeType, limits);
      if (received > allowed.maxBytes) throw tooLarge(allowed);
      yield head;
      head = null;
    }
    if (head === null) return;
    mimeType = await mimeTypeOf(head);
    yield head;
  }
  const staged = await files.stage(watched());
  return { staged, mimeType };
}

type SizeLimit = { kind: "image" | "video" | "document"; maxBytes: number };

function sizeLimit(mimeType: string | null, limits: UploadLimits): SizeLimit {
  if (mimeType === "application/pdf") return { kind: "document", maxBytes: limits.document.maxBytes };
  if (mimeType !== null && largeFileTypes.has(mimeType)) {
    return { kind: "video", maxBytes: limits.video.maxBytes };
  }
  return { kind: "image", maxBytes: limits.maxBytes };
}

/** The most that any upload may have, for the edge. */
export function largestUpload(limits: UploadLimits): number {
  return Math.max(limits.maxBytes, limits.video.maxBytes, limits.document.maxBytes);
}

function tooLarge({ kind, maxBytes }: SizeLimit): DeskError {
  const size = kind === "image" ? "save it smaller" : "export it smaller";
  return new DeskError({
    code: `desk.${kind}_size`,
    kind: "too_large",
    message: `This file is larger than ${Math.floor(maxBytes / 1e6)} MB; ${size} and upload it again.`,
    problems: [{ path: "/file", code: `desk.${kind}_size`, message: "Too many bytes." }],
  });
}

/** What becomes the media: where its bytes are, and what is known of it. */
export type AcceptedFile = LargeFileFacts & {
  sha256: string;
  mimeType: string;
  bytes: number;
  /** Gives the bytes their place; may run twice. */
  store(workspaceId: string): Promise<unknown>;
};

/**
 * Images are encoded anew; videos and documents, which cannot be, are inspected and kept as they came.
 *
 * @throws DeskError `desk.image_*`, `desk.video_*`, `desk.document_*`
 */
export async function acceptFile(
  { files, images, uploads }: { files: Files; images: Images; uploads: UploadLimits },
  { staged, mimeType }: ReceivedFile,
): Promise<AcceptedFile> {
  const { sha256, bytes } = staged;
  if (mimeType !== null && largeFileTypes.has(mimeType)) {
    const facts = await inspectLargeFile({ path: staged.path, bytes, mimeType }, uploads);
    return { ...facts, sha256, bytes, mimeType, store: (workspaceId) => staged.keep(workspaceId) };
  }
  const { bytes: clean, ...image } = await images.clean(await readFile(staged.path));
  return {
    ...image,
    sha256: sha256Of(clean),
    bytes: clean.length,
    durationMs: null,
    pages: null,
    store: (workspaceId) => files.put(workspaceId, clean),
  };
}
