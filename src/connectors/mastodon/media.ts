import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { isSuccess, parseAnswer } from "../answers.ts";
import type { ConnectorContext, MediaFile } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { mastodonFailure, platform, readSettings, send } from "./api.ts";

const attachment = z.object({ id: z.string() });

/** Uploads a file with its description and waits until the server has processed it; nobody sees it yet. */
export async function upload(context: ConnectorContext, file: MediaFile): Promise<string> {
  const multipart = await multipartOf(file);
  const response = await send(context, "POST", "/api/v2/media", { multipart });
  if (!isSuccess(response)) throw mastodonFailure(response);
  const { id } = parseAnswer(platform, response, attachment);
  // 202: accepted, and being processed.
  if (response.status === 202) await processed(context, id);
  return id;
}

async function processed(context: ConnectorContext, id: string): Promise<void> {
  const { processingMs } = readSettings(context.settings);
  for (
    let [waited, step] = [0, 250];
    waited < processingMs;
    waited += step, step = Math.min(step * 2, 4_000)
  ) {
    await pause(step, undefined, { signal: context.signal });
    const response = await send(context, "GET", `/api/v1/media/${encodeURIComponent(id)}`);
    if (response.status === 206) continue;
    if (isSuccess(response)) return;
    throw mastodonFailure(response);
  }
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "mastodon.still_processing",
    message: "The Mastodon server still processes this file; Galley tries again.",
    retryAfterSeconds: 30,
  });
}

const extensions: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
  "video/mp4": "mp4",
  "video/quicktime": "mov",
};

const pieceBytes = 1_000_000;

/** RFC 7578. The boundary is the hash of the file, which the file cannot hold; a video stands in memory once. */
async function multipartOf(file: MediaFile): Promise<{ type: string; bytes: Uint8Array }> {
  const boundary = `galley-${file.sha256}`;
  const name = `file.${extensions[file.mimeType] ?? "bin"}`;
  const description =
    file.altText === ""
      ? ""
      : `--${boundary}\r\ncontent-disposition: form-data; name="description"\r\n\r\n${file.altText}\r\n`;
  const head = Buffer.from(
    `${description}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: ${file.mimeType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const bytes = Buffer.alloc(head.length + file.bytes + tail.length);
  bytes.set(head);
  let at = head.length;
  for await (const piece of file.chunks(pieceBytes)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes.set(tail, at);
  return { type: `multipart/form-data; boundary=${boundary}`, bytes };
}
