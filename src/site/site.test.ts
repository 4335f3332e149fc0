import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectorRegistry } from "#connectors";
import { newId } from "#kit";
import type { TestPerson } from "../../test/support/app.ts";
import { handleEvents } from "../../test/support/events.ts";
import { openSite, siteContext, testSiteApp } from "../../test/support/features/site.ts";

type Entry = {
  id: string;
  slug: string;
  title: string;
  text: string;
  html: string;
  url: string;
  tags: string[];
};
type EntryPage = { items: Entry[]; next: string | null };

let app: Awaited<ReturnType<typeof testSiteApp>>;
let owner: TestPerson;
let slug: string;

beforeAll(async () => {
  app = await testSiteApp();
  owner = await app.owner();
  ({ slug } = await openSite(app.sites, owner.workspaceId));
});
afterAll(() => app.close());

const link = "https://example.com/?a=1&b=2";

async function publish(
  title: string,
  body: string,
  options: Record<string, string> = {},
  given: { key?: string; person?: TestPerson } = {},
) {
  const connector = connectorRegistry().get("site");
  if (!connector) throw new TypeError("there is no site connector");
  const context = siteContext(app.sites, (given.person ?? owner).workspaceId);
  const variant = { parts: [body], link, media: [], firstComment: null, options: { title, ...options } };
  const plan = await connector.prepare(context, {
    deliveryId: newId(),
    variant,
    media: [],
    dueAt: new Date(),
  });
  const item = { index: 0, key: given.key ?? `${newId()}-0`, published: [] };
  return connector.commit(context, plan, item);
}

function get(path: string, headers: Record<string, string> = {}) {
  return app.app.inject({ url: `/site/${slug}${path}`, headers });
}

describe("an entry", () => {
  test("has an address of its title, is one however often it is committed, and never changes by that", async () => {
    const key = `${newId()}-0`;
    const first = await publish("Über uns: 10 Jahre!", "One.", {}, { key });
    const again = await publish("Another title", "Two.", {}, { key });
    expect(again).toEqual(first);
    expect(first.url).toBe(`https://galley.test/site/${slug}/${encodeURIComponent("über-uns-10-jahre")}`);
    const twin = await publish("Über uns: 10 Jahre!", "Three.");
    expect(twin.url).toBe(`https://galley.test/site/${slug}/${encodeURIComponent("über-uns-10-jahre-2")}`);
    expect(
      (await get(`/api/entries/${encodeURIComponent("über-uns-10-jahre")}`)).json<Entry>(),
    ).toMatchObject({ text: "One." });
  });

  test("with a chosen address that is taken is refused, and nothing is published", async () => {
    await publish("A", "First.", { slug: "chosen" });
    await expect(publish("B", "Second.", { slug: "chosen" })).rejects.toMatchObject({
      verdict: "rejected",
      code: "site.slug_taken",
    });
    expect((await get("/api/entries/chosen")).json<Entry>().text).toBe("First.");
  });

  test("shows its text without anything that a browser would run", async () => {
    const evil = [
      "<script>alert(1)</script>",
      "[x](javascript:alert(1))",
      '![x](https://tracker.example/p.png "t")',
      "<img src=x onerror=alert(1)>",
      "**bold**",
    ].join("\n\n");
    await publish('Evil </title><script>alert(2)</script> "quoted"', evil, {
      slug: "evil",
      tags: "a, <b>, a",
    });
    const page = await get("/evil");
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/<script|javascript:|<img|onerror=alert\(1\)>$/m);
    expect(page.body).toContain("<strong>bold</strong>");
    expect(page.body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page.body).toContain('<meta property="og:type" content="article">');
    expect(page.body).toContain(`<link rel="canonical" href="https://galley.test/site/${slug}/evil">`);
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; img-src 'self'/);
    expect((await get("/api/entries/evil")).json<Entry>().tags).toEqual(["a", "<b>"]);
  });

  test("that was published elsewhere first names that address", async () => {
    await publish("Copy", "Text", { slug: "copy", canonical: "https://first.example/a?b&c" });
    expect((await get("/copy")).body).toContain(
      '<link rel="canonical" href="https://first.example/a?b&amp;c">',
    );
  });
});

describe("readers", () => {
  test("page through all entries, each once, newest first", async () => {
    for (const number of [1, 2, 3, 4, 5]) await publish(`Number ${number}`, "Text");
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page: EntryPage = (await get(`/api/entries?limit=2${query}`)).json();
      seen.push(...page.items.map(({ slug: entry }) => entry));
      cursor = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, 5)).toEqual(["number-5", "number-4", "number-3", "number-2", "number-1"]);
    expect((await get("/api/entries?cursor=nonsense")).statusCode).toBe(400);
  });

  test("are told that nothing has changed, and may read from other origins", async () => {
    const first = await get("/api/entries");
    expect(first.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=60, stale-while-revalidate=600",
    });
    const etag = String(first.headers.etag);
    const second = await get("/api/entries", { "if-none-match": `"other", W/${etag}` });
    expect({ status: second.statusCode, body: second.body }).toEqual({ status: 304, body: "" });
    await publish("News", "Text");
    expect((await get("/api/entries", { "if-none-match": etag })).statusCode).toBe(200);
  });

  test("get feeds that readers of feeds understand", async () => {
    const title = "Feeds & <tags>";
    await publish(title, "A *word*.", { slug: "feeds" });
    const url = `https://galley.test/site/${slug}/feeds`;
    const rss = parseRssFeed((await get("/feed.xml")).body);
    expect(rss.items?.[0]).toMatchObject({
      title,
      link: url,
      content: {
        encoded: `<p>A <em>word</em>.</p>\n<p><a href="${link.replace("&", "&amp;")}">${link.replace("&", "&amp;")}</a></p>`,
      },
    });
    const atom = parseAtomFeed((await get("/atom.xml")).body);
    expect(atom.entries?.[0]?.links?.map(({ rel, href }) => `${rel} ${href}`)).toEqual([
      `alternate ${url}`,
      `related ${link}`,
    ]);
    const json = parseJsonFeed((await get("/feed.json")).body);
    expect(json.items?.[0]).toMatchObject({
      title,
      url,
      external_url: link,
      content_text: `A word.\n\n${link}`,
    });
    const sitemap = await get("/sitemap.xml");
    expect(sitemap.body).toContain(`<loc>${url}</loc>`);
    expect(sitemap.headers["content-type"]).toMatch(/xml/);
  });

  test("see nothing of what does not exist or is switched off", async () => {
    expect((await get("/nothing-here")).statusCode).toBe(404);
    expect((await app.app.inject({ url: "/site/nobody/api/entries" })).statusCode).toBe(404);
    const settings = { slug, title: "The Press", description: "", public: false };
    await owner.call("changeSite", { body: settings });
    for (const path of ["", "/feeds", "/feed.xml", "/api/entries"]) {
      expect((await get(path)).statusCode).toBe(404);
    }
    await owner.call("changeSite", { body: { ...settings, public: true } });
    expect((await get("")).statusCode).toBe(200);
  });
});

describe("settings", () => {
  test("are shown with every address, and name the language of pages and feeds", async () => {
    const settings = { slug, title: "A Imprensa", description: "Notícias", public: true };
    const saved = await owner.call("changeSite", { body: { ...settings, language: " PT-br " } });
    const home = `https://galley.test/site/${slug}`;
    const feeds = {
      rss: `${home}/feed.xml`,
      atom: `${home}/atom.xml`,
      json: `${home}/feed.json`,
      sitemap: `${home}/sitemap.xml`,
      entries: `${home}/api/entries`,
    };
    expect(saved).toMatchObject({ status: 200, body: { ...settings, language: "pt-BR", url: home, feeds } });
    for (const address of Object.values(feeds)) {
      expect((await app.app.inject({ url: new URL(address).pathname })).statusCode).toBe(200);
    }
    expect((await get("")).body).toContain('<html lang="pt-BR">');
    expect(parseRssFeed((await get("/feed.xml")).body).language).toBe("pt-BR");
    expect(parseJsonFeed((await get("/feed.json")).body).language).toBe("pt-BR");
    for (const language of ["", "not a language", "x".repeat(40), '"><script>']) {
      const answer = await owner.call("changeSite", { body: { ...settings, language } });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "/language" }] } });
    }
    await handleEvents(app.database);
    const audit = await app.database.system
      .selectFrom("audit_events")
      .select("details")
      .where("workspace_id", "=", owner.workspaceId)
      .where("action", "=", "site.changed")
      .execute();
    expect(audit.at(-1)?.details).toMatchObject({ language: "pt-BR" });
    const editor = await app.member(owner, "editor");
    expect((await editor.call("getSite")).status).toBe(200);
    expect((await editor.call("changeSite", { body: settings })).status).toBe(403);
    await owner.call("changeSite", { body: { ...settings, title: "The Press", language: "en" } });
  });

  test("belong to the workspace, and an address to one workspace alone", async () => {
    const other = await app.owner();
    expect(await other.call("getSite")).toMatchObject({ status: 404 });
    const taken = { slug, title: "Mine", description: "", public: true };
    expect(await other.call("changeSite", { body: taken })).toMatchObject({
      status: 409,
      body: { code: "site.slug_taken" },
    });
    expect(await other.call("changeSite", { body: { ...taken, slug: "No Way" } })).toMatchObject({
      status: 400,
    });
    await expect(openSite(app.sites, other.workspaceId)).resolves.toBeDefined();
    const entry = await publish("Theirs", "Text", { slug: "theirs" }, { person: other });
    expect(entry.url).not.toContain(slug);
    expect((await get("/theirs")).statusCode).toBe(404);
  });
});
