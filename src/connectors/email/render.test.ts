import { expect, it } from "vitest";
import { renderMail } from "./render.ts";

function render(text: string, link: string | null = null): { html: string; text: string } {
  return renderMail("Subject", { text, link, images: [] });
}

it("makes HTML of Markdown and keeps the source as text", () => {
  const mail = render("# Title\n\nSome *words* and [a link](https://example.com/?a=1&b=2).");
  expect(mail.html).toContain("<h1>Title</h1>");
  expect(mail.html).toContain("<em>words</em>");
  expect(mail.html).toContain('href="https://example.com/?a=1&amp;b=2"');
  expect(mail.text).toContain("Some *words*");
});

it.each([
  "<script>alert(1)</script>",
  'a <img src=x onerror="alert(1)"> b',
  "[x](javascript:alert(1))",
  "[x](data:text/html,hello)",
  "![x](javascript:alert(1))",
  '[x](https://example.com/"onclick="alert(1))',
  "<iframe src=https://example.com></iframe>",
  '<https://example.com/"onload=x>',
  "![x](https://tracker.example/pixel.png)",
])("lets no HTML, script or remote image out of %s", (source) => {
  const { html } = render(source);
  expect(html).not.toMatch(/<(?:script|img|iframe)/i);
  expect(html).not.toMatch(/href="(?!https?:|mailto:)/i);
  expect(html).not.toMatch(/<[^>]*\son\w+=/i);
});

it("shows the post's link as a button, and once in the text", () => {
  const link = "https://example.com/story";
  expect(render("Read", link).html).toContain(`href="${link}"`);
  expect(render(`Read ${link}`, link).text.split(link)).toHaveLength(2);
});

it("escapes alternative text and subject", () => {
  const images = [{ contentId: "a@galley", altText: `"><script>` }];
  const { html } = renderMail("</title><script>", { text: "x", link: null, images });
  expect(html).not.toContain("<script>");
});
