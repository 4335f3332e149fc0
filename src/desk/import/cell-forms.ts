/*
 * How several texts stand in one cell, and how each of them comes out again as it was. What separates them may
 * be part of a text: a backslash before it says so, and one more backslash before that one.
 */

const separator = /\n[ \t]*-{3,}[ \t]*\n/u;

/** The parts of a thread in one cell, a line of dashes between them. */
export function partsToCell(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(/^([ \t]*)(\\*-{3,}[ \t]*)$/gmu, "$1\\$2")).join("\n---\n");
}

export function cellToParts(cell: string): string[] {
  return cell.split(separator).map((part) => part.replaceAll(/^([ \t]*)\\(\\*-{3,}[ \t]*)$/gmu, "$1$2"));
}

/** Descriptions of images in one cell, in their order. */
export function textsToCell(texts: readonly string[]): string {
  return texts.map((text) => text.replaceAll(/(?<!\\)\\*\|/gu, String.raw`\$&`)).join(" | ");
}

export function cellToTexts(cell: string): string[] {
  if (cell === "") return [];
  return cell.split(" | ").map((text) => text.replaceAll(/(?<!\\)\\(\\*\|)/gu, "$1"));
}

/**
 * A cell as a person filled it in, in the form that an export has: without what surrounds a text or the
 * separators between two, and with the line breaks of this system.
 */
export function tidied(column: string, cell: string): string {
  const text = cell.replaceAll(/\r\n?/gu, "\n").trim();
  if (column === "text") return joined(text.split(separator), "\n---\n");
  // A description may begin with an escaped stroke, never with a bare one.
  if (column === "alt text") return joined(text.split(/(?<!\\)\|/u), " | ");
  return text;
}

function joined(texts: string[], between: string): string {
  return texts.map((text) => text.trim()).join(between);
}
