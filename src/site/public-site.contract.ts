import { z } from "zod";
import { contract, pageQuery } from "#platform/wire";
import * as schema from "./site.schema.ts";

/** One shape for all: what has no entry leaves it out. */
const list = {
  method: "GET",
  access: "public",
  tags: ["Site"],
  params: schema.siteParams.extend({ entry: z.string().optional() }),
  query: pageQuery,
} as const;
const entry = { ...list, params: schema.entryParams } as const;

/** Pages, feeds and the content API, outside `/api/v1`: for everybody, and no part of the API. */
export const publicSiteContract = contract({
  sitePage: { ...list, path: "/site/:site", summary: "The list as a page" },
  siteEntryPage: { ...entry, path: "/site/:site/:entry", summary: "An entry as a page" },
  siteRss: { ...list, path: "/site/:site/feed.xml", summary: "RSS 2.0" },
  siteAtom: { ...list, path: "/site/:site/atom.xml", summary: "Atom 1.0" },
  siteJson: { ...list, path: "/site/:site/feed.json", summary: "JSON Feed 1.1" },
  siteMap: { ...list, path: "/site/:site/sitemap.xml", summary: "Sitemap" },
  siteEntries: { ...list, path: "/site/:site/api/entries", summary: "Entries, newest first" },
  siteEntry: { ...entry, path: "/site/:site/api/entries/:entry", summary: "One entry" },
});
