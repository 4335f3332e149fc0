import { describe, expect, test } from "vitest";
import { cleaned } from "./cleaned.ts";
import { feedFormat } from "./feed-root.ts";
import { parseFeedItem } from "./feed.ts";

const url = "https://news.example/feeds/all.xml";

function rss(items: string, attributes = ""): string {
  return `<rss version="2.0" ${attributes}><channel><title>News</title><link>https://news.example</link><description>d</description>${items}</channel></rss>`;
}

function atom(entries: string, attributes = ""): string {
  return `<feed xmlns="http://www.w3.org/2005/Atom" ${attributes}><title>News</title><id>n</id><updated>2026-01-01T00:00:00Z</updated>${entries}</feed>`;
}

describe("a feed is known by its root", () => {
  const stylesheet = `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet title="XSL" type="text/xsl" href="/style.xsl"?>\n`;
  test.each([
    ["a stylesheet and a byte order mark before it", stylesheet + rss(""), "rss"],
    ["comments with markup in them", `<!-- <html> -->\n<!-- > -->${atom("")}`, "atom"],
    ["a DOCTYPE with a subset", `<!DOCTYPE rss [<!ENTITY nbsp "&#160;"> <!ENTITY x ">">]>${rss("")}`, "rss"],
    ["a DOCTYPE that ends after a blank", `<!DOCTYPE rss [<!ENTITY nbsp "&#160;">] >${rss("")}`, "rss"],
    [
      "a DOCTYPE with its marks in quotes",
      `<!DOCTYPE rss PUBLIC "-//a>b" 'c[d' [<!ENTITY x "]>"><!-- it's ]> --><?x ]> ?>]>${rss("")}`,
      "rss",
    ],
    ["a prefix", `<a:feed xmlns:a="http://www.w3.org/2005/Atom"></a:feed>`, "atom"],
    ["RDF", `<rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/"></rdf:RDF>`, "rdf"],
    ["JSON", `{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[]}`, "json"],
    [
      "a page that shows a feed",
      `<!doctype html><html><body><pre><rss version="2.0"></pre></body></html>`,
      null,
    ],
    ["JSON of another kind", `{"version":"1.1","title":"t","items":[]}`, null],
    ["an SVG", `<svg xmlns="http://www.w3.org/2000/svg"/>`, null],
    ["text", "rss feed", null],
    ["an endless prolog", "<!-- x -->".repeat(50_000), null],
    ["an open comment", "<!--", null],
  ])("%s", (_, text, format) => expect(feedFormat(text)).toBe(format));
});

function read(text: string, item: string | null = null) {
  return cleaned(parseFeedItem(text, url, item));
}

function item(name: string, date: string): string {
  return `<item><title>${name}</title><description>x</description>${date && `<pubDate>${date}</pubDate>`}</item>`;
}

function newest(...items: string[]): string {
  return parseFeedItem(rss(items.join("")), url, null).title;
}

describe("text and HTML are told apart as the feed says", () => {
  test("in Atom, titles too", () => {
    const feed = atom(
      `<entry><id>t</id><updated>2026-01-01T00:00:00Z</updated><title>Q&amp;A &lt;b&gt; 1 &lt; 2</title><content>if a &lt; b then &lt;p&gt; ends.\n\nSecond.</content></entry>
       <entry><id>h</id><updated>2026-01-01T00:00:00Z</updated><title type="html">Q&amp;amp;A &lt;b&gt;bold&lt;/b&gt;</title><content type="html">&lt;p&gt;1 &amp;lt; 2&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content></entry>
       <entry><id>x</id><updated>2026-01-01T00:00:00Z</updated><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Less <em>is</em> more</div></title><summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; b</p></div></summary></entry>`,
    );
    expect(read(feed, "t")).toMatchObject({
      title: "Q&A <b> 1 < 2",
      paragraphs: ["if a < b then <p> ends.", "Second."],
    });
    expect(read(feed, "h")).toMatchObject({ title: "Q&A bold", paragraphs: ["1 < 2", "Two."] });
    expect(read(feed, "x")).toMatchObject({ title: "Less is more", paragraphs: ["a < b"] });
  });

  test("in RSS, where both are HTML", () => {
    const feed = rss(
      `<item><guid>1</guid><title>AT&amp;T &lt;b&gt;bold&lt;/b&gt;</title><description>&lt;p&gt;1 &amp;lt; 2&lt;/p&gt;</description></item>
       <item><guid>2</guid><title><![CDATA[Tom &amp; <i>Jo</i>]]></title><description><![CDATA[Plain &amp; simple.

Second.]]></description></item>
       <item><guid>3</guid><title>Vec&lt;T&gt; and 1 &lt; 2</title><description>x</description></item>`,
    );
    expect(read(feed, "1")).toMatchObject({ title: "AT&T bold", paragraphs: ["1 < 2"] });
    expect(read(feed, "2")).toMatchObject({ title: "Tom & Jo", paragraphs: ["Plain & simple.", "Second."] });
    expect(read(feed, "3").title).toBe("Vec<T> and 1 < 2");
  });

  test("in JSON", () => {
    const feed = JSON.stringify({
      version: "https://jsonfeed.org/version/1.1",
      title: "t",
      language: "de",
      items: [
        { id: "1", url: "/a?utm_source=feed", title: "A <b> & c", content_text: "1 < 2 & <p>\n\nZwei." },
        { id: "2", content_html: "<p>1 &lt; 2</p>" },
      ],
    });
    expect(read(feed, "1")).toEqual({
      title: "A <b> & c",
      language: "de",
      link: "https://news.example/a",
      date: null,
      paragraphs: ["1 < 2 & <p>", "Zwei."],
    });
    expect(read(feed, "2").paragraphs).toEqual(["1 < 2"]);
  });
});

test("xml:base and the feed's own address resolve links", () => {
  const entry = `<entry xml:base="sub/"><id>1</id><title>t</title><updated>2026-01-01T00:00:00Z</updated><link href="post"/><content>x</content></entry>`;
  expect(parseFeedItem(atom(entry, `xml:base="https://a.example/blog/"`), url, null).link).toBe(
    "https://a.example/blog/sub/post",
  );
  expect(
    parseFeedItem(rss("<item><link>post</link><description>x</description></item>"), url, null).link,
  ).toBe("https://news.example/feeds/post");
});

test("an entry is named by its id, its title, or its address, however that is spelled", () => {
  const [one, other] = ["a", "b"].map(
    (name) =>
      `<item><title>${name}</title><guid isPermaLink="false">id-${name}</guid><link>../${name}?utm_source=rss</link><description>x</description></item>`,
  );
  const feed = rss(`${one}${other}`);
  for (const name of ["b", "id-b", "../b?utm_source=rss", "HTTPS://News.example:443/b"])
    expect(parseFeedItem(feed, url, name).title).toBe("b");
  expect(() => parseFeedItem(feed, url, "https://news.example/b/c")).toThrow();
});

describe("the newest entry", () => {
  test("is told with named zones", () => {
    expect(
      newest(item("gmt", "Mon, 05 Jan 2026 12:00:00 GMT"), item("pst", "Mon, 05 Jan 2026 08:00:00 PST")),
    ).toBe("pst");
    expect(
      newest(item("cet", "Mon, 05 Jan 2026 12:30:00 CET"), item("ut", "Mon, 05 Jan 2026 12:00:00 UT")),
    ).toBe("ut");
  });

  test("is none whose date cannot be read, unless no date can", () => {
    expect(newest(item("unknown", "next Tuesday 5"), item("old", "Mon, 05 Jan 1998 12:00:00 GMT"))).toBe(
      "old",
    );
    expect(newest(item("first", ""), item("second", "soon"))).toBe("first");
  });
});
