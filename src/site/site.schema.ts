import { z } from "zod";
import { publishableProblem } from "#kit";
import { instant } from "#platform/wire";

const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "Use small letters, digits and hyphens.");

/** Of characters that pages and feeds can carry. */
function publishable(text: z.ZodString) {
  return text.superRefine((value, check) => {
    const problem = publishableProblem("", value);
    if (problem) check.addIssue({ code: "custom", message: problem.message });
  });
}

/** A tag that names a language (BCP 47), in its usual spelling: "pt-br" becomes "pt-BR". */
const language = z
  .string()
  .max(35)
  .transform((tag, check) => {
    try {
      const [usual] = Intl.getCanonicalLocales(tag.trim());
      if (usual !== undefined) return usual;
    } catch {
      // What is no tag is told below.
    }
    check.addIssue({ code: "custom", message: "Use the tag of a language, such as en, de or pt-BR." });
    return z.NEVER;
  });

export const settings = z.object({
  slug: z.string(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  public: z.boolean(),
  url: z.string(),
  feeds: z
    .object({
      rss: z.string(),
      atom: z.string(),
      json: z.string(),
      sitemap: z.string(),
      entries: z.string().describe("The content API."),
    })
    .describe("Addresses that everybody may read while the site is public."),
});

export const settingsBody = z.object({
  slug,
  title: publishable(z.string().min(1).max(200)),
  description: publishable(z.string().max(500)).default(""),
  language: language.default("en"),
  public: z.boolean().default(true),
});

export const siteParams = z.object({ site: z.string().min(1).max(63) });
export const entryParams = siteParams.extend({ entry: z.string().min(1).max(100) });

export const entryAnswer = z.object({
  id: z.uuid(),
  slug: z.string(),
  title: z.string(),
  url: z.string(),
  canonicalUrl: z.string(),
  /** Markdown as it was approved. */
  text: z.string(),
  plainText: z.string().describe("The text without its Markdown."),
  language: z.string().nullable().describe("BCP 47; null where the text does not show it."),
  html: z.string(),
  excerpt: z.string(),
  link: z.string().nullable(),
  tags: z.array(z.string()),
  media: z.array(
    z.object({
      url: z.string(),
      mimeType: z.string(),
      width: z.int(),
      height: z.int(),
      altText: z.string(),
    }),
  ),
  publishedAt: instant,
  updatedAt: instant,
});
