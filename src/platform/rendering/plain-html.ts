import { escapeHtml } from "#kit";

/** A text as HTML that is its words and no more: paragraphs and line breaks. What cannot be rendered is read like this. */
export function plainHtml(text: string): string {
  const paragraphs = text
    .split("\n\n")
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");
  return paragraphs.map((lines) => `<p>${escapeHtml(lines).replaceAll("\n", "<br>\n")}</p>\n`).join("");
}
