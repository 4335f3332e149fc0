import { connectorRegistry, type ConnectorContext } from "#connectors";
import { createMediaLinks } from "#desk";
import { newId } from "#kit";
import type { Database } from "#platform/db";
import { createRenderer } from "#platform/rendering";
import { createSites, type PublicSites } from "#site";
import { publicSiteRoutes, siteRoutes } from "#site/routes";
import { randomBytes } from "node:crypto";
import { testApp, type TestApp } from "../app.ts";
import { contractHttp } from "../../contract/http.ts";
import { contractMail } from "../../contract/mail.ts";

const sitePublicUrl = "https://galley.test";

/** One thread for all that a test file renders. */
const testMarkdown = createRenderer();

export function sitesOn(database: Database): PublicSites {
  const links = createMediaLinks({ key: randomBytes(32) });
  const mediaPath = (workspaceId: string, hash: string) => links.addressOf(workspaceId, hash);
  return createSites({ database, publicUrl: sitePublicUrl, mediaPath, markdown: testMarkdown });
}

/** The public pages behind a server, and its settings. */
export async function testSiteApp(): Promise<TestApp & { sites: PublicSites }> {
  let sites: PublicSites | undefined;
  const app = await testApp({
    register: (api, { database }) => {
      sites = sitesOn(database);
      siteRoutes(api, { sites });
      publicSiteRoutes(api, { sites });
    },
  });
  if (!sites) throw new TypeError("the server registered no routes");
  return { ...app, sites };
}

/** What the connector gets for one workspace. */
export function siteContext(sites: PublicSites, workspaceId: string): ConnectorContext {
  const signal = AbortSignal.timeout(10_000);
  return {
    http: contractHttp([], signal),
    mail: contractMail([]),
    site: sites.pages(workspaceId),
    markdown: testMarkdown,
    credentials: {},
    accountId: workspaceId,
    scopes: [],
    settings: {},
    signal,
  };
}

/** Connects the workspace's pages by the connector's form. */
export async function openSite(sites: PublicSites, workspaceId: string): Promise<{ slug: string }> {
  const connector = connectorRegistry().get("site");
  if (connector?.connect.kind !== "form") throw new TypeError("the site connects by a form");
  const slug = `press-${newId().slice(-12)}`;
  const form = { title: "The Press", slug, description: "News & notes" };
  await connector.connect.open(siteContext(sites, workspaceId), form);
  return { slug };
}
