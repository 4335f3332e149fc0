import { AgentError } from "../error.ts";

const textTypes = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:xml|json|xhtml)|application\/(?:rss|atom|feed))/;
/** Characters that no reader sees but a model does: bidirectional controls and the tag block. */
const hidden = /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * Bytes as text. The character set is that of the byte order mark, else of `contentType`, else what the
 * document says of itself in its first 1,024 bytes, else UTF-8 where the bytes are UTF-8, else
 * windows-1252, as browsers do (https://html.spec.whatwg.org/#determining-the-character-encoding).
 *
 * @param contentType the `Content-Type` header, or null where there is none
 * @throws AgentError `agent.source_binary` for anything that is not text
 */
export async function decodeText(bytes: Uint8Array, contentType: string | null): Promise<string> {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  const { fileTypeFromBuffer } = await import("file-type");
  const detected = await fileTypeFromBuffer(bytes.subarray(0, 4_100));
  if (detected && !textTypes.test(detected.mime)) throw binary(detected.mime);
  if (type !== "" && !textTypes.test(type) && type !== "application/octet-stream") throw binary(type);
  const label = byteOrderMark(bytes) ?? charsetOf(contentType) ?? declaredCharset(bytes);
  const text =
    decodeAs(bytes, label) ?? decodeAs(bytes, "utf-8", true) ?? decodeAs(bytes, "windows-1252") ?? "";
  if (looksBinary(text)) throw binary("binary data");
  return text;
}

/**
 * Text that was fetched, made harmless: what cannot be stored and what hides from a reader is removed.
 * Text that a person typed is never repaired like this, but refused.
 */
export function cleanFetched(text: string): string {
  return text.toWellFormed().replace(control, "").replace(hidden, "");
}

function binary(what: string): AgentError {
  return new AgentError({
    code: "agent.source_binary",
    kind: "unprocessable",
    message: `This is not a text (${what}). Galley reads web pages, feeds, Markdown and plain text; paste the text instead.`,
  });
}

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return null;
}

function charsetOf(contentType: string | null): string | null {
  return /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? "")?.[1] ?? null;
}

function declaredCharset(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 1_024)).toString("latin1");
  const declared =
    /<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1] ??
    /<meta[^>]*charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1];
  // A document whose own label can be read byte by byte is not UTF-16, whatever it says.
  return declared && !/^utf-?16/i.test(declared) ? declared : null;
}

function decodeAs(bytes: Uint8Array, label: string | null, fatal = false): string | null {
  if (label === null) return null;
  try {
    return new TextDecoder(label, { fatal }).decode(bytes);
  } catch {
    return null;
  }
}

/** NUL never stands in text, and more than one control character in a hundred is no text either. */
function looksBinary(text: string): boolean {
  const sample = text.slice(0, 20_000);
  return sample.includes("\0") || (sample.match(control)?.length ?? 0) > sample.length / 100;
}
