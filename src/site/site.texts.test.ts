import { sql } from "kysely";
import { SaxesParser } from "saxes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectorRegistry, type MediaFile } from "#connectors";
import { newId } from "#kit";
import type { TestPerson } from "../../test/support/app.ts";
import { openSite, siteContext, testSiteApp } from "../../test/support/features/site.ts";

let app: Awaited<ReturnType<typeof testSiteApp>>;
let owner: TestPerson;
let slug: string;

beforeAll(async () => {
  app = await testSiteApp();
  owner = await app.owner();
  ({ slug } = await openSite(app.sites, owner.workspaceId));
});
afterAll(() => app.close());

type Given = { options?: Record<string, string>; link?: string; media?: MediaFile[] };

async function publish(title: string, body: string, { options = {}, link, media = [] }: Given = {}) {
  const connector = connectorRegistry().get("site");
  if (!connector) throw new TypeError("there is no site connector");
  const context = siteContext(app.sites, owner.workspaceId);
  const plan = await connector.prepare(context, {
    deliveryId: newId(),
    variant: {
      parts: [body],
      link: link ?? null,
      media: media.map(({ mediaId, altText }) => ({ mediaId, altText })),
      firstComment: null,
      options: { title, ...options },
    },
    media,
    dueAt: new Date(),
  });
  return connector.commit(context, plan, { index: 0, key: `${newId()}-0`, published: [] });
}

async function get(path: string) {
  const answer = await app.app.inject({ url: `/site/${slug}${path}` });
  return { status: answer.statusCode, body: answer.body };
}

/** The document as a strict parser reads it: its texts and attributes. Throws where it is not well-formed. */
function parsed(xml: string): string {
  const parser = new SaxesParser({ xmlns: true });
  let read = "";
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("text", (text) => (read += text));
  parser.on("cdata", (text) => (read += text));
  parser.on("attribute", ({ value }) => (read += `\n${value}`));
  parser.write(xml).close();
  return read;
}

const picture: MediaFile = {
  mediaId: newId(),
  sha256: "ab".repeat(32),
  mimeType: "image/jpeg",
  bytes: 12_345,
  width: 640,
  height: 480,
  durationMs: null,
  pages: null,
  altText: "A <tree>",
  publicUrl: "https://galley.test/tree.jpg",
  read: () => Promise.reject(new Error("pages show files by address")),
  chunks: () => {
    throw new Error("pages show files by address");
  },
};

describe("addresses", () => {
  test("keep the letters of every script, and are read under them", async () => {
    for (const [title, last] of [
      ["Größe", "größe"],
      ["日本語のタイトル".repeat(12), "日本語のタイトル".repeat(10)],
      ["Привет, мир", "привет-мир"],
    ] as const) {
      const { url } = await publish(title, "Text");
      expect(url).toBe(`https://galley.test/site/${slug}/${encodeURIComponent(last)}`);
      const page = await get(`/${encodeURIComponent(last)}`);
      expect(page.status).toBe(200);
      expect(page.body).toContain(`<link rel="canonical" href="${url}">`);
    }
    parsed((await get("/sitemap.xml")).body);
  });

  test("are numbered without an end, also for entries that come at the same time", async () => {
    await sql`insert into site_entries (workspace_id, id, key, slug, title, body)
      select ${owner.workspaceId}::uuid, gen_random_uuid(), 'old-' || number, 'same-' || number, 'Same', 'x'
      from generate_series(2, 600) number`.execute(app.database.system);
    const urls = await Promise.all(Array.from({ length: 12 }, () => publish("Same", "Text")));
    const numbers = urls.map(({ url }) => url?.split("/").at(-1) ?? "").sort();
    await sql`delete from site_entries where key like 'old-%'`.execute(app.database.system);
    expect(numbers).toEqual(
      ["same", ...Array.from({ length: 11 }, (_, index) => `same-${601 + index}`)].sort(),
    );
  }, 60_000);
});

describe("a text is rendered once", () => {
  test("and its beginning is no markup to a reader of RSS, who takes a description as HTML", async () => {
    await publish("Marks", "<script>alert(1)</script><img src=x onerror=alert(1)> & more");
    const descriptions = (await get("/feed.xml")).body.match(/<description>.*?<\/description>/gs) ?? [];
    expect(descriptions.join()).toContain("&lt;script&gt;");
    expect(descriptions.join()).not.toMatch(/<script|<img/);
  });

  test("when it is published; pages show what was kept", async () => {
    await publish("Once", "one\n*two*", { options: { slug: "once" } });
    const update = sql`update site_entries set html = '<p>kept</p>' where slug = 'once'`;
    await update.execute(app.database.system);
    expect((await get("/once")).body).toContain("<p>kept</p>");
    expect((await get("/feed.json")).body).toContain("<p>kept</p>");
  });

  test("or later, where an earlier version published it; what cannot be rendered is read as it is", async () => {
    const texts = { old: "one\n*two*", deep: ">".repeat(60_000), wide: "a_".repeat(20_000) };
    for (const [name, body] of Object.entries(texts)) {
      await sql`insert into site_entries (workspace_id, id, key, slug, title, body)
        values (${owner.workspaceId}, ${newId()}, ${name}, ${name}, ${name}, ${body})`.execute(
        app.database.system,
      );
    }
    const paths = ["", "/old", "/deep", "/wide", "/feed.xml", "/atom.xml", "/feed.json", "/api/entries"];
    for (const path of paths)
      expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
    expect((await get("/old")).body).toContain("<p>one<br>\n*two*</p>");
    await app.sites.sweep.run(new AbortController().signal);
    for (const path of paths)
      expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
    expect((await get("/old")).body).toContain("<p>one<br>\n<em>two</em></p>");
    expect((await get("/deep")).body).toContain("&gt;&gt;&gt;");
    const { rows } = await sql<{
      count: string;
    }>`select count(*)::text from site_entries where html is null`.execute(app.database.system);
    expect(rows[0]?.count).toBe("0");
  }, 60_000);

  test("one that cannot be is told while typing, and refused with a verdict", async () => {
    const connector = connectorRegistry().get("site");
    const content = { parts: [">".repeat(60_000)], link: null, media: [], firstComment: null };
    const problems = connector?.validate({ ...content, options: { title: "Deep" } }, []);
    expect(problems?.map(({ path, code }) => `${code} ${path}`)).toEqual([
      "content.nested_too_deeply /parts/0",
    ]);
    await expect(publish("Deep", ">".repeat(60_000))).rejects.toMatchObject({
      verdict: "rejected",
      code: "site.cannot_render",
    });
  });
});

describe("feeds", () => {
  test("carry files with type and length, and the link", async () => {
    await publish("With a picture", "Look.", { link: "https://example.com/a?b&c", media: [picture] });
    const [rss, atom, json] = [await get("/feed.xml"), await get("/atom.xml"), await get("/feed.json")];
    const address = new RegExp(`<enclosure url="([^"]+)" length="12345" type="image/jpeg"`).exec(
      rss.body,
    )?.[1];
    expect(address).toContain(picture.sha256);
    for (const text of [parsed(rss.body), parsed(atom.body)]) {
      expect(text).toContain('<a href="https://example.com/a?b&amp;c">');
      expect(text).toContain('alt="A &lt;tree&gt;"');
    }
    expect(atom.body).toMatch(/<link href="[^"]+" rel="enclosure" type="image\/jpeg"[^>]* length="12345"/);
    const item = JSON.parse(json.body).items[0];
    expect(item).toMatchObject({
      content_text: "Look.\n\nhttps://example.com/a?b&c",
      attachments: [{ mime_type: "image/jpeg", size_in_bytes: 12_345, title: "A <tree>" }],
    });
    expect(item.image).toBe(item.attachments[0].url);
  });

  test("are well-formed whatever a text holds", async () => {
    const planes = Array.from({ length: 17 }, (_, plane) => plane * 0x1_0000);
    const points = [
      ...Array.from({ length: 0x300 }, (_, point) => point).filter((point) => point !== 0),
      ...planes.flatMap((start) =>
        [0xe000, 0xfdd0, 0xffef, 0xfffd, 0xfffe, 0xffff].map((point) => start + point),
      ),
    ];
    const all = `${points.map((point) => `a${String.fromCodePoint(point)}`).join("")} ]]> <![CDATA[ &#1; b`;
    await publish(`Title ${all.slice(0, 1_900)}`, all, {
      options: { slug: "characters", tags: all.slice(0, 300) },
    });
    for (const path of ["/feed.xml", "/atom.xml", "/sitemap.xml"]) {
      const read = parsed((await get(path)).body);
      if (path !== "/sitemap.xml") expect(read).toContain("ažaſaƀ");
    }
    expect((await get("/characters")).status).toBe(200);
  });
});

test("a page says in which language and direction it is read", async () => {
  const persian = "شهر در بهار درخت‌های تازه در کنار خیابان می‌کارد و از مردم کمک می‌خواهد تا آن‌ها را آب بدهند.";
  await publish("درخت", persian, { options: { slug: "persian" } });
  await publish("سلام", "سلام", { options: { slug: "short" } });
  expect((await get("/persian")).body).toContain('<article lang="fa" dir="rtl">');
  expect((await get("/short")).body).toContain('<article dir="rtl">');
  expect((await get("/persian")).body).toContain('<html lang="en">');
  const settings = { slug, title: "The Press", description: "", public: true };
  await owner.call("changeSite", { body: { ...settings, language: "ar" } });
  expect((await get("")).body).toContain('<html lang="ar" dir="rtl">');
});

async function addressOf(title: string, options: Record<string, string> = {}) {
  const { url } = await publish(title, "Text.", { options });
  return url?.split("/").at(-1);
}

test("equal titles get addresses of their own, whatever numbers others have", async () => {
  // As high as a number in an address can be told from words, and the next one, which cannot.
  expect(await addressOf("Hello", { slug: "hello-999999999999" })).toBe("hello-999999999999");
  expect(await addressOf("Hello", { slug: "hello-1000000000000" })).toBe("hello-1000000000000");
  expect(await addressOf("Hello")).toBe("hello");
  expect(await addressOf("Hello")).toBe("hello-2");
  expect(await addressOf("Hello 4")).toBe("hello-4");
  expect(await addressOf("Hello")).toBe("hello-3");
  expect(await addressOf("Hello")).toBe("hello-5");
});
