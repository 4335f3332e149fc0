import { describe, expect, test } from "vitest";
import { parseHtml } from "./html.ts";
import { isBotAnswer } from "./walls.ts";

const url = "https://news.example/story";
const prose = "The town planted four thousand trees, and it watered them for three summers in a row. ".repeat(
  8,
);

function page(title: string, body: string, head = ""): string {
  return `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body>${body}</body></html>`;
}
function article(text: string, head = ""): string {
  return page("Trees", `<article><h1>Trees</h1>${text}</article>`, head);
}
function reading(html: string): string {
  try {
    parseHtml(html, url);
    return "read";
  } catch (error) {
    return error instanceof Error && "failure" in error ? String(error.failure) : "broken";
  }
}
const data = (value: object) => `<script type="application/ld+json">${JSON.stringify(value)}</script>`;

describe("a wall is told", () => {
  test.each([
    [
      "Cloudflare",
      page(
        "Just a moment...",
        `<p>Enable JavaScript and cookies to continue</p><script>window._cf_chl_opt={}</script>`,
      ),
      "bot_wall",
    ],
    [
      "an older Cloudflare",
      page(
        "Please wait",
        "<h1>Checking your browser before accessing news.example.</h1><p>This process is automatic.</p>",
      ),
      "bot_wall",
    ],
    [
      "DataDome",
      page(
        "news.example",
        `<p>Please enable JS and disable any ad blocker</p><script src="https://geo.captcha-delivery.com/c.js"></script>`,
      ),
      "bot_wall",
    ],
    [
      "Akamai",
      page(
        "Access Denied",
        `<h1>Access Denied</h1><p>You don't have permission to access this page. Reference #18.2d351ab8</p><p>https://errors.edgesuite.net/18.2d</p>`,
      ),
      "bot_wall",
    ],
    [
      "PerimeterX",
      page("Access to this page has been denied", `<div id="px-captcha"></div><p>Press and hold</p>`),
      "bot_wall",
    ],
    [
      "a question in German",
      page("Sicherheit", "<p>Bestätigen Sie, dass Sie ein Mensch sind.</p>"),
      "bot_wall",
    ],
    [
      "a page for scripts",
      page("App", "<p>You need to enable JavaScript to run this app.</p>"),
      "script_wall",
    ],
    [
      "a page for scripts in French",
      page("App", "<p>Veuillez activer JavaScript pour continuer.</p>"),
      "script_wall",
    ],
    [
      "a consent page",
      page("Before you continue", "<p>Before you continue to News</p><p>We use cookies and data.</p>"),
      "consent_wall",
    ],
    ["a sign-in page", page("Log in", "<p>Log in to continue to News.</p>"), "sign_in_wall"],
    [
      "data that says so",
      article(
        `<p>${prose}</p>`,
        data({ "@graph": [{ "@type": "NewsArticle", isAccessibleForFree: "False" }] }),
      ),
      "paywall",
    ],
    [
      "a locked tier",
      article(`<p>${prose}</p>`, `<meta property="article:content_tier" content="locked">`),
      "paywall",
    ],
    ["a teaser", article(`<p>The town planted trees.</p><p>Subscribe to continue reading.</p>`), "paywall"],
    [
      "a long teaser",
      article(`<p>${prose}</p>`.repeat(3) + "<p>Already a subscriber? Log in.</p>"),
      "paywall",
    ],
    [
      "a teaser in German",
      article("<p>Die Stadt pflanzt Bäume.</p><p>Jetzt abonnieren und weiterlesen</p>"),
      "paywall",
    ],
  ])("%s", (_, html, wall) => expect(reading(html)).toBe(wall));
});

describe("a text that speaks of walls is read", () => {
  test.each([
    [
      "an article about robots",
      article(`<p>Every second page says "checking your browser" today. ${prose}</p>`.repeat(3)),
    ],
    [
      "a short one",
      article(`<p>Visitors saw "Just a moment" and had to verify that they are human. ${prose}</p>`),
    ],
    [
      "an article about subscriptions",
      article(
        `<p>${prose}</p>`.repeat(4) +
          `<p>Half of all papers now write "subscribe to continue reading" under a third of their articles, and their readers, who are used to it, go elsewhere: ${prose}</p>`,
      ),
    ],
    [
      "an article with Cloudflare's measuring script",
      article(`<p>${prose}</p>`, `<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>`),
    ],
    ["a newsletter box", article(`<p>${prose}</p><p>Subscribe to our newsletter.</p>`)],
    [
      "a free article",
      article(`<p>${prose}</p>`, data({ "@type": "NewsArticle", isAccessibleForFree: true })),
    ],
    [
      "a paid course beside the text",
      article(
        `<p>${prose}</p>`,
        data([{ "@type": "Course", isAccessibleForFree: false }, { "@type": "Article" }]),
      ),
    ],
    [
      "data that cannot be read",
      article(`<p>${prose}</p>`, `<script type="application/ld+json">{"isAccessibleForFree": false</script>`),
    ],
  ])("%s", (_, html) => expect(reading(html)).toBe("read"));
});

test("an answer that is no page tells whether robots are kept out", () => {
  expect(isBotAnswer({ "cf-mitigated": "challenge" }, "")).toBe(true);
  expect(isBotAnswer({}, page("Just a moment...", ""))).toBe(true);
  expect(isBotAnswer({}, page("Forbidden", "<p>Nothing here.</p>"))).toBe(false);
});
