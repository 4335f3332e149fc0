import { xmlCharacters } from "./xml.ts";

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text between tags or in a quoted attribute, of HTML or XML: of characters that both can carry. */
export function escapeHtml(text: string): string {
  return xmlCharacters(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
