import { AgentError } from "../error.ts";
import { decodeBytes } from "./charset.ts";

const textTypes = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:xml|json|xhtml)|application\/(?:rss|atom|feed))/;
/** More than one unread character in this many is a page that nobody can read, and few are worth a word. */
const unreadableLength = 200;

/**
 * Bytes as text, by `decodeBytes`. `notice` says where the page's own word for its character set was not followed,
 * or where single characters are lost.
 *
 * @param contentType the `Content-Type` header, or null where there is none
 * @throws AgentError `agent.source_binary` for anything that is not text, `agent.source_garbled` where too much of it
 *   cannot be read
 */
export async function decodeText(
  bytes: Uint8Array,
  contentType: string | null,
): Promise<{ text: string; notice: string | null }> {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  const { fileTypeFromBuffer } = await import("file-type");
  const detected = await fileTypeFromBuffer(bytes.subarray(0, 4_100));
  if (detected && !textTypes.test(detected.mime)) throw binary(detected.mime);
  if (type !== "" && !textTypes.test(type) && type !== "application/octet-stream") throw binary(type);
  const { text, charset, passedOver, broken } = decodeBytes(bytes, contentType);
  if (looksBinary(text)) throw binary("binary data");
  if (broken > 5 && broken > text.length / unreadableLength) throw garbled(passedOver ?? charset);
  if (broken > 0)
    return {
      text,
      notice: `${broken} characters of this page could not be read; look for gaps in the draft.`,
    };
  if (passedOver === null) return { text, notice: null };
  return { text, notice: `This page says that it is ${passedOver}, and is ${charset}; it was read as that.` };
}

function binary(what: string): AgentError {
  return new AgentError({
    code: "agent.source_binary",
    kind: "unprocessable",
    message: `This is not a text (${what}). Galley reads web pages, feeds, Markdown and plain text; paste the text instead.`,
  });
}

function garbled(charset: string): AgentError {
  return new AgentError({
    code: "agent.source_garbled",
    kind: "unprocessable",
    message: `The letters of this page cannot be read: it says that it is ${charset}, and is not. Open it in a browser and paste the text instead.`,
  });
}

// oxlint-disable-next-line no-control-regex -- control characters are what is counted
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** NUL never stands in text, and more than one control character in a hundred is no text either. */
function looksBinary(text: string): boolean {
  const sample = text.slice(0, 20_000);
  return sample.includes("\0") || (sample.match(control)?.length ?? 0) > sample.length / 100;
}
