import { expect, it } from "vitest";
import { createRenderer } from "#platform/rendering";
import { renderMail } from "../../src/connectors/email/render.ts";

const renderer = createRenderer();

async function render(text: string, link: string | null = null, subject = "Subject") {
  const outcome = await renderer.render(text);
  if (outcome.kind === "failed") throw new Error(outcome.problem);
  return renderMail({ subject, body: outcome.value, source: text, link, images: [] });
}

it("makes HTML of Markdown, and text that reads without it", async () => {
  const mail = await render("# Title\n\nSome *words* and [a link](https://example.com/?a=1&b=2).");
  expect(mail.html).toContain("<h1>Title</h1>");
  expect(mail.html).toContain("<em>words</em>");
  expect(mail.html).toContain('href="https://example.com/?a=1&amp;b=2"');
  expect(mail.html).toMatch(/<a style="[^"]+" href="https:/);
  expect(mail.text).toBe("Title\n\nSome words and a link (https://example.com/?a=1&b=2).\n");
});

it("shows the post's link as a button, and once in the text", async () => {
  const link = "https://example.com/story";
  expect((await render("Read", link)).html).toContain(`href="${link}"`);
  expect((await render(`Read ${link}`, link)).text.split(link)).toHaveLength(2);
  expect((await render(`Read ${link}/of/others`, link)).text).toBe(`Read ${link}/of/others\n\n${link}\n`);
});

it.each([
  [
    "en",
    "ltr",
    "Read more",
    "The town plants new trees along the street in spring and asks people for help.",
  ],
  ["de", "ltr", "Weiterlesen", "Die Stadt pflanzt im Frühjahr neue Bäume und bittet alle Menschen um Hilfe."],
  ["he", "rtl", "להמשך קריאה", "העיר נוטעת באביב עצים חדשים לאורך הרחוב ומבקשת מהתושבים לעזור בהשקיה בקיץ."],
])("speaks the language of its text: %s", async (language, direction, words, text) => {
  const { html } = await render(text, "https://example.com/a");
  expect(html).toContain(`<html lang="${language}" dir="${direction}">`);
  expect(html).toContain(`>${words}</a>`);
});

it("reads from the right where the text is too short to tell its language", async () => {
  expect((await render("سلام")).html).toContain('<html dir="rtl">');
});

it("escapes alternative text and subject", async () => {
  const { html } = renderMail({
    subject: "</title><script>",
    body: { html: "", text: "", language: null },
    source: "",
    link: null,
    images: [{ contentId: "a@galley", altText: `"><script>` }],
  });
  expect(html).not.toContain("<script>");
});
