import { z } from "zod";
import { connectorRegistry } from "#connectors";
import { type Database, openDatabase } from "#platform/db";
import { createFeatures } from "../../src/app/features.ts";
import { openSite, siteContext, testSiteApp } from "../support/features/site.ts";
import { testServices } from "../support/services.ts";
import { connectorContract, type ContractHarness } from "./connector-suite.ts";

type SiteHarness = ContractHarness & { database: Database };

const answer = z.object({
  items: z.array(
    z.object({
      text: z.string(),
      link: z.string().nullable(),
      media: z.array(z.object({ altText: z.string() })),
    }),
  ),
  next: z.string().nullable(),
});

async function start(): Promise<SiteHarness> {
  const app = await testSiteApp();
  const { workspaceId } = await app.owner();
  const { slug } = await openSite(app.sites, workspaceId);
  const connector = connectorRegistry().get("site");
  if (!connector) throw new TypeError("there is no site connector");
  const away = openDatabase({ url: "postgres://nobody@127.0.0.1:9/none", poolSize: 1 });
  return {
    connector,
    database: app.database,
    context: () => siteContext(app.sites, workspaceId),
    unreachable: () => siteContext(createFeatures(testServices({ database: away })).sites, workspaceId),
    async visible() {
      const seen = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
        const url = `/site/${slug}/api/entries?limit=100${query}`;
        const given = await app.app.inject({ url });
        if (given.statusCode === 404) return [];
        const page = answer.parse(given.json());
        seen.push(...page.items);
        cursor = page.next;
      }
      return seen.map(({ text, link, media }) => ({
        text: [text, link ?? ""].join("\n"),
        altTexts: media.map(({ altText }) => altText),
      }));
    },
    async close() {
      await away.close();
      await app.close();
    },
  };
}

connectorContract<SiteHarness>("site", {
  start,
  options: { title: "A title" },
  threads: false,
  enforcesTextLimit: false,
  idempotent: true,
  faults: [
    {
      name: "the pages are gone",
      verdict: "rejected",
      visible: 0,
      async arrange({ database }) {
        await database.system.deleteFrom("sites").execute();
      },
    },
  ],
});
