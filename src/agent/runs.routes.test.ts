import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectorRegistry } from "#connectors";
import type { TestPerson } from "../../test/support/app.ts";
import { buildChannel } from "../../test/support/builders.ts";
import type { TestAgentApp } from "../../test/support/features/agent.ts";
import { testAgentApp } from "../../test/support/features/agent.ts";
import type { WebPages } from "../../test/support/web-pages.ts";
import { webPages } from "../../test/support/web-pages.ts";

type Run = {
  id: string;
  state: string;
  postId: string | null;
  drafter: string | null;
  cost: { amount: string } | null;
  error: { code: string; message: string } | null;
  sources: { url: string | null; title: string; excerpt: string; sha256: string }[];
  steps: { name: string; label: string; state: string; notice: string | null }[];
};
type Content = { parts: string[]; link: string | null; options: Record<string, string> };
type Post = {
  status: string;
  author: { kind: string };
  variants: { connector: string; content: Content }[];
  sources: { url: string | null; title: string }[];
  checks: { problems: { code: string }[] }[];
};

const article = await readFile(new URL("../../test/fixtures/articles/shade.md", import.meta.url), "utf8");
const title = "Shade is infrastructure: what one town learned from four thousand street trees";

let site: WebPages;
let app: TestAgentApp;
let owner: TestPerson;
let channelIds: string[];

function asHtml(markdown: string): string {
  const paragraphs = markdown.split("\n\n").filter((block) => !/^(?:---|#)/.test(block));
  const body = paragraphs.map((text) => `<p>${text}</p>`).join("\n");
  return `<!doctype html><html lang="en"><head><title>${title} | Lindow Gazette</title></head><body>
    <nav><a href="/">Home</a></nav><article><h1>${title}</h1>${body}</article><footer>All rights kept</footer></body></html>`;
}

beforeAll(async () => {
  site = await webPages({
    "/shade": { body: asHtml(article) },
    "/large": { body: "<p>" + "A sentence that goes on and on. ".repeat(170_000) },
    "/binary": { body: Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256) },
    "/pdf": { headers: { "content-type": "application/pdf" }, body: "%PDF-1.7 nothing to read" },
    "/inside": { status: 302, headers: { location: "http://127.0.0.1:8080/secret" } },
    "/gone": { status: 410, body: "gone" },
    "/deep": { body: "<div>".repeat(100_000) + "text" },
    "/wall": {
      body: "<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>",
    },
    "/kept-out": {
      status: 403,
      headers: { "cf-mitigated": "challenge" },
      body: "<title>Just a moment...</title>",
    },
    "/latin": {
      headers: { "content-type": "text/html" },
      body: Buffer.from(
        `<html><head>${" ".repeat(2_000)}<meta charset="iso-8859-1"><title>Größe</title></head><body><p>Die Größe der Bäume zählt für uns alle.</p></body></html>`,
        "latin1",
      ),
    },
    "/feed.html": {
      body: `<?xml version="1.0"?><?xml-stylesheet href="/s.xsl"?><!-- a feed --><rss version="2.0"><channel><title>x</title><link>/</link>
        <description>x</description><item><title>AT&amp;T plants &lt;b&gt;trees&lt;/b&gt;</title><description>${"Trees cool a street in summer. ".repeat(40)}</description></item></channel></rss>`,
    },
    "/script": { body: "<html><head><script>render()</script></head><body><div id=app></div></body></html>" },
    "/feed.xml": {
      headers: { "content-type": "application/rss+xml" },
      body: `<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title><link>https://x.example</link>
        <description>News</description>
        <item><title>Older</title><link>/older</link><guid>g1</guid><pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate>
        <description>Nothing here.</description></item>
        <item><title>Shade, again</title><link>/shade</link><guid>g2</guid><pubDate>Tue, 06 Jan 2026 08:00:00 GMT</pubDate>
        <description>A teaser.</description></item></channel></rss>`,
    },
  });
  app = await testAgentApp({ allowOrigins: [site.origin] });
  owner = await app.owner();
  channelIds = [];
  for (const connector of ["sandbox", "email"]) {
    channelIds.push((await buildChannel(app.database, owner.workspaceId, connector)).id);
  }
});
afterAll(async () => {
  await app.close();
  await site.close();
});

async function draft(source: object): Promise<Run> {
  const started = await owner.call("createDrafts", { body: { source, channelIds } });
  expect(started).toMatchObject({ status: 202, body: { state: "queued", postId: null } });
  await app.execute(owner, started.body.id);
  return (await owner.call("getRun", { params: { id: started.body.id } })).body;
}

describe("a source becomes a draft", () => {
  test.each([
    ["Markdown", () => ({ kind: "markdown", text: article, name: "shade.md" })],
    ["a web page", () => ({ kind: "url", url: `${site.origin}/shade` })],
    ["the newest entry of a feed", () => ({ kind: "feed", url: `${site.origin}/feed.xml` })],
  ])("%s", async (_, source) => {
    const run = await draft(source());
    expect(run).toMatchObject({
      state: "done",
      error: null,
      drafter: "Built-in extractive drafter",
      cost: { amount: "0" },
    });
    expect(run.steps.map((step) => [step.name, step.state])).toEqual([
      ["read", "done"],
      ["understand", "done"],
      ["draft", "done"],
      ["draft", "done"],
      ["propose", "done"],
    ]);
    const { body: post } = await owner.call("getPost", { params: { id: run.postId } });
    expect(post).toMatchObject({ status: "draft", author: { kind: "agent" } });
    expect(post.checks.flatMap((check) => check.problems)).toEqual([]);
    expect(run.sources[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const [sandbox, email] = post.variants;
    expect(sandbox?.content.parts).toHaveLength(1);
    expect(email?.content.options["subject"]).toBe(run.sources[0]?.title);
    for (const sentence of sentencesIn(email)) expect(article).toContain(sentence);
  });

  test("a page that names its character set late", async () => {
    expect((await draft({ kind: "url", url: `${site.origin}/latin` })).sources[0]).toMatchObject({
      title: "Größe",
      excerpt: "Die Größe der Bäume zählt für uns alle.",
    });
  });

  test("a feed that the server calls HTML", async () => {
    const run = await draft({ kind: "url", url: `${site.origin}/feed.html` });
    expect(run.sources[0]?.title).toBe("AT&T plants trees");
  });

  test("a brief of two lines", async () => {
    const text = "Summer opening hours\nFrom June on we open at eight: https://shop.example/hours.";
    const run = await draft({ kind: "brief", text });
    const { body: post } = await owner.call("getPost", { params: { id: run.postId } });
    expect(post.variants[0]?.content).toMatchObject({ link: "https://shop.example/hours" });
    expect(post.variants[0]?.content.parts[0]).toContain("Summer opening hours");
  });

  test("a brief with characters that nobody sees", async () => {
    const text =
      "Summer\u2800opening\u200b hours\u{e0041}\u{e0042}\nFrom June\u00ad on we open at\u202e eight.";
    const run = await draft({ kind: "brief", text });
    const { body: post } = await owner.call("getPost", { params: { id: run.postId } });
    expect(JSON.stringify(post)).not.toMatch(/[\u00ad\u200b\u202e\u2800\u{e0041}]/u);
    expect(post.variants[0]?.content.parts[0]).toContain("Summer opening hours");
  });
});

function sentencesIn(variant: Post["variants"][number] | undefined): string[] {
  const lines = variant?.content.parts[0]?.split("\n") ?? [];
  return lines.map((line) => line.replace(/^- /, "")).filter((line) => line !== "" && !line.startsWith("**"));
}

describe("what cannot be read says so, and no post is made", () => {
  test.each([
    ["five megabytes", "/large", "agent.source_too_large"],
    ["binary data", "/binary", "agent.source_binary"],
    ["a PDF", "/pdf", "agent.source_binary"],
    ["a redirect into a private network", "/inside", "egress.private_address"],
    ["a page that is gone", "/gone", "agent.source_status"],
    ["a hundred thousand nested elements", "/deep", "agent.source_too_complex"],
    ["a page that scripts fill", "/script", "agent.source_empty"],
    ["a check for robots", "/wall", "agent.source_bot_wall"],
    ["a check for robots that answers 403", "/kept-out", "agent.source_bot_wall"],
  ])("%s", async (_, path, code) => {
    const run = await draft({ kind: "url", url: `${site.origin}${path}` });
    expect(run).toMatchObject({ state: "failed", postId: null, error: { code } });
    expect(run.steps[0]).toMatchObject({ state: "failed", notice: run.error?.message });
  });

  test("a private address", async () => {
    const run = await draft({ kind: "url", url: "http://169.254.169.254/latest/meta-data/" });
    expect(run).toMatchObject({ state: "failed", error: { code: "egress.private_address" } });
  });

  test("a feed entry that is not there", async () => {
    const run = await draft({ kind: "feed", url: `${site.origin}/feed.xml`, item: "g9" });
    expect(run.error).toMatchObject({ code: "agent.source_no_such_item" });
  });

  test("Markdown of five megabytes and half a character are refused at the door", async () => {
    const large = await owner.call("createDrafts", {
      body: { source: { kind: "markdown", text: "Long. ".repeat(900_000) }, channelIds },
    });
    expect(large).toMatchObject({ status: 413, body: { code: "agent.source_too_large" } });
    const half = await owner.call("createDrafts", {
      body: { source: { kind: "brief", text: "Half of \ud83c a tree" }, channelIds },
    });
    expect(half).toMatchObject({ status: 400, body: { code: "http.broken_text" } });
    expect(half.body.errors[0]?.path).toBe("/source/text");
  });
});

test("every call writes a usage event, and the built-in drafter is known to be free", async () => {
  const person = await app.owner();
  const channel = await buildChannel(app.database, person.workspaceId);
  const started = await person.call("createDrafts", {
    body: { source: { kind: "brief", text: "One line." }, channelIds: [channel.id] },
  });
  await app.execute(person, started.body.id);
  const usage = await person.call("getUsage");
  expect(usage.body.total).toMatchObject({ calls: 1, unpriced: 0, cost: { amount: "0", currency: "USD" } });
  expect(usage.body.items).toMatchObject([{ provider: "galley", model: "extractive", operation: "draft" }]);
});

test("a viewer cannot draft, and another workspace's run does not exist", async () => {
  const viewer = await app.member(owner, "viewer");
  const source = { kind: "brief", text: "One line." };
  expect(await viewer.call("createDrafts", { body: { source, channelIds } })).toMatchObject({ status: 403 });
  const run = await draft(source);
  const stranger = await app.owner();
  expect(await stranger.call("getRun", { params: { id: run.id } })).toMatchObject({
    status: 404,
    body: { code: "agent.run_not_found" },
  });
  expect(await stranger.call("cancelRun", { params: { id: run.id } })).toMatchObject({ status: 404 });
});

test("the drafter says what it is", async () => {
  expect(connectorRegistry().size).toBeGreaterThan(1);
  const answer = await owner.call("getDrafter");
  expect(answer.body).toEqual({
    label: "Built-in extractive drafter",
    provider: "galley",
    model: "extractive",
    builtIn: true,
  });
});
