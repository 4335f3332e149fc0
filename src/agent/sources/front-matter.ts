import { parse as parseToml } from "smol-toml";
import { isMap, isScalar, parseDocument, type Scalar } from "yaml";
import { z } from "zod";
import { readDate } from "./dates.ts";

/** What the head of a Markdown file says of its text. */
export type FrontMatter = {
  title: string | null;
  language: string | null;
  /** An absolute http(s) address. */
  link: string | null;
  /** ISO 8601. */
  date: string | null;
};

/** No head that people write is longer, in UTF-16 code units. */
const LONGEST = 20_000;

const none: FrontMatter = { title: null, language: null, link: null, date: null };
const text = z.union([z.string(), z.number().transform(String)]);
const instant = z.union([
  // TOML's own dates print themselves with their zone.
  z
    .date()
    .transform((date) => (Number.isNaN(date.getTime()) ? null : new Date(date.getTime()).toISOString())),
  z.string().transform(readDate),
]);
const table = z.record(z.string(), z.unknown());

/**
 * Takes the front matter off a Markdown text: YAML between `---` lines or TOML between `+++` lines, as Jekyll
 * and Hugo write it. What does not read as a table of fields is text, as two rulers around a paragraph are.
 */
export function takeFrontMatter(markdown: string): { fields: FrontMatter; body: string } {
  const start = markdown.startsWith("\ufeff") ? 1 : 0;
  const fence = markdown.slice(start, start + 3);
  const whole = { fields: none, body: markdown.slice(start) };
  if (fence !== "---" && fence !== "+++") return whole;
  const opening = /^[ \t]{0,20}\r?\n/.exec(markdown.slice(start + 3, start + 30))?.[0];
  if (opening === undefined) return whole;
  const from = start + 3 + opening.length;
  const head = markdown.slice(from - 1, from + LONGEST);
  const closing = (
    fence === "+++" ? /\n\+\+\+[ \t]{0,20}(?:\r?\n|$)/ : /\n(?:---|\.\.\.)[ \t]{0,20}(?:\r?\n|$)/
  ).exec(head);
  if (!closing) return whole;
  const fields = fieldsOf(head.slice(1, closing.index + 1), fence);
  return fields ? { fields, body: markdown.slice(from - 1 + closing.index + closing[0].length) } : whole;
}

function fieldsOf(head: string, fence: string): FrontMatter | null {
  if (head.trim() === "") return none;
  const read = table.safeParse(parsed(head, fence));
  if (!read.success) return null;
  const fields = new Map(
    Object.entries(read.data).map(([key, value]) => [key.toLowerCase(), value] as const),
  );
  const first = (keys: string[]) =>
    keys.map((key) => fields.get(key)).find((value) => value !== undefined && value !== null);
  const link = stringOf(first(["canonical_url", "canonical", "canonicalurl", "url", "link"]));
  const date = instant.safeParse(
    first(["date", "published", "publishdate", "pubdate", "published_at", "created"]),
  );
  return {
    title: stringOf(first(["title"])),
    language: stringOf(first(["lang", "language", "locale"])),
    link: link !== null && /^https?:\/\//i.test(link) && URL.canParse(link) ? link : null,
    date: date.success ? date.data : null,
  };
}

function parsed(head: string, fence: string): unknown {
  if (fence === "---") return yamlFields(head);
  try {
    return parseToml(head);
  } catch {
    return plainFields(head);
  }
}

/**
 * The plain values at the top of a YAML document. The rest is never turned into values: aliases multiply what stands
 * once, and keys that are documents themselves take time that doubles with each of them.
 */
function yamlFields(head: string): Record<string, unknown> | undefined {
  const { contents, errors } = parseDocument(head, { logLevel: "silent", prettyErrors: false });
  if (errors.length > 0) return plainFields(head);
  if (!isMap(contents)) return undefined;
  return Object.fromEntries(
    contents.items.flatMap(({ key, value }) =>
      isScalar(key) && isScalar(value) ? [[String(key.value), written(value)] as const] : [],
    ),
  );
}

/** As a person wrote it: to YAML `1.10` is the number 1.1, and `true` no text, but both are titles. */
function written({ value, source }: Scalar): unknown {
  return typeof value === "number" || typeof value === "boolean" ? (source ?? value) : value;
}

/** The `key: value` lines of a head that no parser takes, as `title: Trees: a love story`; undefined where it has none. */
function plainFields(head: string): Record<string, string> | undefined {
  const fields = head.split(/\r?\n/).flatMap((line) => {
    const [, key, value] = /^([A-Za-z_-]{1,40})\s{0,9}[:=]\s{0,9}(\S.{0,1000})$/.exec(line) ?? [];
    return key && value ? [[key, value.trim().replace(/^(["'])(.*)\1$/, "$2")] as const] : [];
  });
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

function stringOf(value: unknown): string | null {
  const read = text.safeParse(value);
  return read.success && read.data.trim() !== "" ? read.data.trim() : null;
}
