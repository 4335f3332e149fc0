import { createFeatures } from "../../../src/app/features.ts";
import { testServices } from "../../support/services.ts";
import type { Target, Visible } from "./target.ts";

const slug = "press";
const pageSize = 100;

/** Galley's own pages. Their schedule is the database's. */
export function site(publicUrl: string): Target {
  return {
    id: "site",
    accounts: 1,
    weight: 3,
    options: (text) => ({ title: text }),
    needsImage: false,
    describes: true,
    repeats: true,
    access: () => ({ kind: "form", form: { title: "The Press", slug } }),
    account: () => slug,
    settings: {},
    ownApp: null,
    prepare: async () => undefined,
    burst: async () => undefined,
    calm: async () => undefined,
    expireTokens: async () => undefined,
    withdraw: async () => undefined,
    asShown: (address) => address,
    personas: null,
    async journal({ database }) {
      const { sites } = createFeatures(testServices({ database, publicUrl }));
      const { site: pages } = await sites.bySlug(slug);
      const seen: Visible[] = [];
      for (let before: string | null = null; ;) {
        const entries: Awaited<ReturnType<typeof sites.list>> = await sites.list(pages, {
          before,
          limit: pageSize,
        });
        for (const { body, media, slug: address } of entries) {
          const altTexts = media.map(({ altText }) => altText);
          seen.push({
            ids: [],
            account: slug,
            text: body,
            altTexts,
            inReplyTo: null,
            from: "galley",
            url: `${publicUrl}/site/${slug}/${encodeURIComponent(address)}`,
          });
        }
        const last = entries.at(-1);
        if (!last || entries.length < pageSize) return seen;
        before = last.id;
      }
    },
  };
}
