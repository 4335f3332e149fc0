import { z } from "zod";

const node = z.looseObject({
  "@type": z.union([z.string(), z.array(z.unknown())]).optional(),
  "@graph": z.array(z.unknown()).optional(),
  isAccessibleForFree: z.union([z.boolean(), z.string()]).optional(),
  datePublished: z.string().optional(),
  inLanguage: z.string().optional(),
  mainEntity: z.unknown().optional(),
});
type Node = z.output<typeof node>;

/** What structured data says of the text of a page. */
export type StructuredData = { isArticle: boolean; isFree: boolean | null; published: string | null };

const texts = /(?:article|posting|report|creativework|webpage|webcontent|review)$/i;
/** A page has a handful; the rest is not looked at. */
const mostNodes = 200;

/**
 * Reads the `application/ld+json` of a page (schema.org): whether it is an article, and whether everybody may read it. What
 * cannot be read says nothing. Statements about parts and about listed items are not taken for the page's own.
 */
export function structuredData(scripts: readonly string[]): StructuredData {
  const found: StructuredData = { isArticle: false, isFree: null, published: null };
  const waiting = scripts.slice(0, 20).flatMap((script) => listOf(parsed(script)));
  for (let count = 0; waiting.length > 0 && count < mostNodes; count += 1) {
    const read = node.safeParse(waiting.shift());
    if (!read.success) continue;
    waiting.push(...(read.data["@graph"] ?? []), ...listOf(read.data.mainEntity));
    if (!typesOf(read.data).some((type) => texts.test(type))) continue;
    if (typesOf(read.data).some((type) => /(?:article|posting|report)$/i.test(type))) found.isArticle = true;
    found.published ??= read.data.datePublished ?? null;
    const free = read.data.isAccessibleForFree;
    if (free !== undefined)
      found.isFree = found.isFree !== false && !/(?:^|\/)(?:false|no)$/i.test(String(free));
  }
  return found;
}

function typesOf(data: Node): string[] {
  return listOf(data["@type"]).filter((type) => typeof type === "string");
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function parsed(script: string): unknown {
  try {
    return JSON.parse(script.trim().replace(/^<!--|-->$/g, "")) as unknown;
  } catch {
    return undefined;
  }
}
