import { instant } from "#platform/wire";
import { z } from "zod";

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "small letters, digits and hyphens");

export const settings = z.object({
  slug: z.string(),
  title: z.string(),
  description: z.string(),
  public: z.boolean(),
  url: z.string(),
});

export const settingsBody = z.object({
  slug,
  title: z.string().min(1).max(200),
  description: z.string().max(500).default(""),
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
