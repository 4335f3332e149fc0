import type { Entry } from "./site.store.ts";

/** Absolute addresses of a site. */
export type SiteLinks = {
  home: string;
  rss: string;
  atom: string;
  json: string;
  sitemap: string;
  /** The content API. */
  entries: string;
  entry(entry: Pick<Entry, "slug">): string;
  media(sha256: string): string;
};
