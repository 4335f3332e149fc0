import { request } from "node:http";

/** What the first bytes of a file say it is; null for what no platform takes. */
export function kindOf(bytes: Buffer): "jpeg" | "png" | "gif" | "bmp" | "tiff" | "webp" | "mp4" | null {
  const head = bytes.subarray(0, 12).toString("latin1");
  if (head.startsWith("\xff\xd8\xff")) return "jpeg";
  if (head.startsWith("\x89PNG")) return "png";
  if (head.startsWith("GIF8")) return "gif";
  if (head.startsWith("BM")) return "bmp";
  if (head.startsWith("II*\0") || head.startsWith("MM\0*")) return "tiff";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "webp";
  return head.slice(4, 8) === "ftyp" ? "mp4" : null;
}

/** Width by height of a JPEG, from its frame header; null where it has none. */
export function jpegRatio(bytes: Buffer): number | null {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return bytes.readUInt16BE(at + 7) / bytes.readUInt16BE(at + 5);
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

const mostBytes = 20_000_000;
const patienceMs = 5_000;

/**
 * Fetches what a request names by address, as Meta's crawler does: without login, without redirects. Null
 * where nothing answers with 200. Plain HTTP, because the emulators stay on the loopback.
 */
export function fetchMedia(address: string): Promise<Buffer | null> {
  const url = URL.parse(address);
  if (url?.protocol !== "http:") return Promise.resolve(null);
  return new Promise((resolve) => {
    const call = request(url, { timeout: patienceMs }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        resolve(null);
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > mostBytes) call.destroy();
        chunks.push(chunk);
      });
      response.on("end", () => resolve(Buffer.concat(chunks)));
      response.on("error", () => resolve(null));
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(null));
    call.on("close", () => resolve(null));
    call.end();
  });
}
