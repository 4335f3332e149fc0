import { connectorRegistry, type ConnectorContext } from "#connectors";
import { newId } from "#kit";
import { createRenderer } from "#platform/rendering";
import type { PublicSites } from "#site";
import { contractHttp } from "../../contract/http.ts";
import { contractMail } from "../../contract/mail.ts";
import { testApp, type TestApp } from "../app.ts";

/** One thread for all that a test file renders. */
const markdown = createRenderer();

/** The public pages behind a server, and its settings. */
export async function testSiteApp(): Promise<TestApp & { sites: PublicSites }> {
  const app = await testApp({
    serves: ["sites"],
    services: { publicUrl: "https://galley.test", markdown },
  });
  return { ...app, sites: app.features.sites };
}

/** What the connector gets for one workspace. */
export function siteContext(sites: PublicSites, workspaceId: string): ConnectorContext {
  const signal = AbortSignal.timeout(10_000);
  return {
    http: contractHttp([], signal),
    mail: contractMail([]),
    site: sites.pages(workspaceId),
    markdown,
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
