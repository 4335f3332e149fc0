import { z } from "zod";
import type { ConnectorContext, MediaFile } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { request } from "../meta-graph/index.ts";
import { platform, posting } from "./platform.ts";

const photoSchema = z.object({ id: z.string() });

const extensions: Record<string, string> = { "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif" };

/**
 * Uploads a photo that nobody sees until a post carries it. Not `temporary`: those vanish after a day, and
 * a plan may wait longer for its turn.
 */
export async function uploadPhoto(context: ConnectorContext, file: MediaFile): Promise<string> {
  const { id } = await request(platform, context, photoSchema, posting, {
    method: "POST",
    path: `/${context.accountId}/photos`,
    params: { published: "false", ...(file.altText === "" ? {} : { alt_text_custom: file.altText }) },
    file: {
      field: "source",
      name: `${file.sha256.slice(0, 16)}.${extensions[file.mimeType] ?? "bin"}`,
      mimeType: file.mimeType,
      bytes: await file.read(),
    },
  });
  return id;
}

const offsets = { start_offset: z.string(), end_offset: z.string() };
const startSchema = z.object({ video_id: z.string(), upload_session_id: z.string(), ...offsets });
const transferSchema = z.object(offsets);
// Far more than the largest video needs; a platform that never gets further must not keep us forever.
const mostChunks = 2_000;

const pieceBytes = 4 * 1024 * 1024;

export type UploadedVideo = { videoId: string; sessionId: string };

/** The first phases of a video's upload; only the last one, `finish`, publishes it. */
export async function uploadVideo(context: ConnectorContext, file: MediaFile): Promise<UploadedVideo> {
  const reader = readerOf(file.chunks(pieceBytes));
  const path = `/${context.accountId}/videos`;
  const started = await request(platform, context, startSchema, posting, {
    method: "POST",
    path,
    params: { upload_phase: "start", file_size: String(file.bytes) },
  });
  const session = started.upload_session_id;
  let next: z.output<typeof transferSchema> = started;
  for (let count = 0; count < mostChunks; count += 1) {
    const [from, to] = [Number(next.start_offset), Number(next.end_offset)];
    if (from >= file.bytes || from === to) {
      // What differs from the approved file shows at its end, and nothing is public before.
      await reader.end();
      return { videoId: started.video_id, sessionId: session };
    }
    next = await request(platform, context, transferSchema, posting, {
      method: "POST",
      path,
      params: { upload_phase: "transfer", upload_session_id: session, start_offset: next.start_offset },
      file: {
        field: "video_file_chunk",
        name: "chunk",
        mimeType: "application/octet-stream",
        bytes: await reader.take(Math.min(to, file.bytes) - from),
      },
    });
  }
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "facebook.upload_stuck",
    message: "Facebook does not take this video any further; Galley tries again later.",
  });
}

/** Takes as many bytes at a time as the platform asks for, whatever the pieces they come in. */
function readerOf(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  return {
    async take(count: number): Promise<Uint8Array> {
      while (held.length < count) {
        const piece = await iterator.next();
        if (piece.done === true) break;
        held = Buffer.concat([held, piece.value]);
      }
      const taken = held.subarray(0, count);
      held = held.subarray(count);
      return taken;
    },
    async end(): Promise<void> {
      while ((await iterator.next()).done !== true);
    },
  };
}
