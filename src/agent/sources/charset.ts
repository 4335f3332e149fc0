/** Bytes in which a page's own label is looked for. The standard asks for 1,024; browsers honour later ones too. */
const LOOKED_AT = 256 * 1024;

/** How a document came to its text. */
export type Decoded = {
  text: string;
  /** The label that was believed. */
  charset: string;
  /** The label that the server or the document gave and that does not fit its bytes; null where none was passed over. */
  passedOver: string | null;
  /** Characters that could not be read. */
  broken: number;
};

type Candidate = { label: string; text: string; broken: number };

/**
 * Bytes as text. In order: the byte order mark, `contentType`, the XML declaration, the document's `<meta>`
 * wherever it stands, UTF-8, windows-1252 (https://html.spec.whatwg.org/#determining-the-character-encoding).
 * A label that leaves characters unread, where a later one leaves fewer, is a mistake of whoever wrote it and is
 * passed over; so is a single-byte label over bytes that are UTF-8 throughout.
 */
export function decodeBytes(bytes: Uint8Array, contentType: string | null): Decoded {
  const mark = byteOrderMark(bytes);
  if (mark) return { text: decodeAs(bytes, mark) ?? "", charset: mark, passedOver: null, broken: 0 };
  const declared = declaredLabels(bytes, contentType)
    .map(nameOf)
    .filter((label) => label !== null);
  const labels = [...new Set([...declared, "utf-8", "windows-1252"])];
  const candidates: Candidate[] = [];
  for (const label of labels) {
    const text = decodeAs(bytes, label);
    if (text === null) continue;
    const candidate = { label, text, broken: brokenIn(text, label, bytes) };
    if (candidate.broken === 0) return decoded(candidate, declared[0]);
    candidates.push(candidate);
  }
  const best = candidates.reduce((left, right) => (right.broken < left.broken / 2 ? right : left));
  return decoded(best, declared[0]);
}

function decoded({ label, text, broken }: Candidate, first: string | undefined): Decoded {
  return { text, charset: label, passedOver: first !== undefined && first !== label ? first : null, broken };
}

/**
 * How much of a text is unread: replacement characters, controls of the C1 block, and, under a single-byte label,
 * the pairs that UTF-8 makes of each accented letter.
 */
function brokenIn(text: string, label: string, bytes: Uint8Array): number {
  const replaced = text.match(/[\ufffd\u0080-\u0084\u0086-\u009f]/g)?.length ?? 0;
  if (!singleByte.test(label) || bytes.every((byte) => byte < 0x80)) return replaced;
  const sequences = decodeAs(bytes, "utf-8")?.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0;
  return replaced + sequences;
}

const singleByte =
  /^(?:windows-125\d|windows-874|iso-8859-\d+|iso-8859-8-i|koi8-[ru]|macintosh|x-mac-cyrillic|ibm866)$/;

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  // "<?" or "<!" or "<h" without a mark: every second byte says nothing.
  if (bytes[0] === 0x3c && bytes[1] === 0 && bytes[3] === 0) return "utf-16le";
  if (bytes[0] === 0 && bytes[1] === 0x3c && bytes[2] === 0) return "utf-16be";
  return null;
}

function declaredLabels(bytes: Uint8Array, contentType: string | null): string[] {
  const header = labelIn(contentType ?? "");
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  const own = /^text\/(?:plain|markdown|x-markdown)$/.test(type) ? [] : ownLabels(bytes);
  return [...(header === null ? [] : [header]), ...own];
}

/** What the document says of itself: in its XML declaration, then in the first `<meta>` that names a character set. */
function ownLabels(bytes: Uint8Array): string[] {
  const head = withoutQuoted(Buffer.from(bytes.subarray(0, LOOKED_AT)).toString("latin1"));
  const xml = /^\s{0,100}<\?xml[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})/i.exec(head)?.[1];
  const labels = xml === undefined ? [] : [xml];
  for (const [tag] of head.matchAll(/<meta[\s/][^>]{1,1000}>/gi)) {
    const label = labelOfMeta(tag);
    if (label === null) continue;
    labels.push(label);
    break;
  }
  // A label that can be read byte by byte is not that of UTF-16: the standard takes it as UTF-8.
  return labels.map((label) => (/^utf-?16/i.test(label) ? "utf-8" : label));
}

function labelOfMeta(tag: string): string | null {
  const attributes = new Map<string, string>();
  for (const [, name = "", double, single, bare] of tag.matchAll(
    /([a-z][a-z0-9-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]{0,500})"|'([^']{0,500})'|([^\s"'>]{1,500}))/gi,
  )) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, double ?? single ?? bare ?? "");
  }
  const label = attributes.get("charset")?.trim();
  if (label) return label;
  if (attributes.get("http-equiv")?.trim().toLowerCase() !== "content-type") return null;
  return labelIn(attributes.get("content") ?? "");
}

/** A document without what only talks about markup: comments, scripts and styles. In one pass. */
function withoutQuoted(head: string): string {
  const lower = head.toLowerCase();
  let kept = "";
  let from = 0;
  for (const { index, 0: open } of head.matchAll(/<!--|<script[\s>]|<style[\s>]|<textarea[\s>]/gi)) {
    if (index < from) continue;
    kept += head.slice(from, index);
    const close = open === "<!--" ? "-->" : `</${open.slice(1, -1).toLowerCase()}`;
    const end = lower.indexOf(close, index);
    if (end === -1) return kept;
    from = end + close.length;
  }
  return kept + head.slice(from);
}

function labelIn(text: string): string | null {
  return /charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})/i.exec(text.slice(0, 1_000))?.[1] ?? null;
}

/** The standard's name of a label ("latin1" is windows-1252); null for one that is unknown. */
function nameOf(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

function decodeAs(bytes: Uint8Array, label: string, fatal = false): string | null {
  try {
    return new TextDecoder(label, { fatal }).decode(bytes);
  } catch {
    return null;
  }
}
