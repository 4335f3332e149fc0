import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import sharp from "sharp";
import type { MediaFile } from "#connectors";

export type FileServer = {
  origin: string;
  /** The same server under an address that does not say that it is this machine's. */
  otherOrigin: string;
  /** Serves these bytes at an address of their own, until `take` is called with it. */
  put(bytes: Uint8Array, mimeType: string): string;
  take(url: string): void;
  close(): Promise<void>;
};

/** A server for files that a platform fetches, as Galley's public address is, with its probe. */
export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, { bytes: Uint8Array; mimeType: string }>();
  files.set("/media/probe", { bytes: Buffer.from('{"galley":"files"}'), mimeType: "application/json" });
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? "/", "http://files.invalid"), response);
  });
  async function answer(url: URL, response: ServerResponse): Promise<void> {
    const file = files.get(url.pathname);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const asJpeg = url.searchParams.get("as") === "jpeg" && file.mimeType === "image/png";
    const bytes = asJpeg ? await sharp(file.bytes).jpeg().toBuffer() : file.bytes;
    response.writeHead(200, { "content-type": asJpeg ? "image/jpeg" : file.mimeType }).end(bytes);
  }
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    otherOrigin: `http://0.0.0.0:${port}`,
    put(bytes, mimeType) {
      const path = `/${files.size}-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`;
      files.set(path, { bytes, mimeType });
      return origin + path;
    },
    take: (url) => void files.delete(new URL(url).pathname),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A picture of one colour, as this type. */
export function picture(width: number, height: number, type: "jpeg" | "png" = "jpeg"): Promise<Buffer> {
  const image = sharp({ create: { width, height, channels: 3, background: "#6d5bd0" } });
  return (type === "jpeg" ? image.jpeg() : image.png()).toBuffer();
}

/** A file that says it is a video, as far as its first bytes go. */
export function pretendVideo(bytes: number): Buffer {
  const content = Buffer.alloc(bytes, 7);
  content.write("\0\0\0\x18ftypmp42", 0, "latin1");
  return content;
}

export function mediaFile(
  bytes: Buffer,
  given: { mimeType: string; altText: string; publicUrl: string; width?: number; height?: number },
): MediaFile {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    mediaId: `${sha256.slice(0, 8)}-${given.altText}`,
    sha256,
    bytes: bytes.length,
    width: 400,
    height: 400,
    durationMs: given.mimeType.startsWith("video/") ? 4_000 : null,
    pages: null,
    read: () => Promise.resolve(bytes),
    // oxlint-disable-next-line require-await -- a generator is the shortest asynchronous list
    chunks: async function* chunks(size) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
    ...given,
  };
}
