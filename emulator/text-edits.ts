/** What platforms do to a text between taking it and telling it, each as it was seen on a real one. */
export const textEdits = {
  quotes: (text) => text.replaceAll(/["'’]|&quot;/gu, (quote) => (/['’]/u.test(quote) ? "’" : "”")),
  dashes: (text) => text.replaceAll(/\s[-–—]\s/gu, " — "),
  "emoji selectors": (text) => text.replaceAll("\uFE0F", ""),
  "zero-width": (text) => text.replaceAll(" ", "\u200B "),
  "white space": (text) => text.replaceAll(/\s+/gu, "  "),
  "shortened link": (text) => text.replaceAll(/https:\/\/\S+/gu, "https://lnk.example/dKz3x"),
  cut: (text) => (text.length > 60 ? `${text.slice(0, Math.max(48, text.length - 24))}…` : text),
  escaped: (text) => text.replaceAll("&", "&amp;"),
} satisfies Record<string, (text: string) => string>;

/** Under these names platforms tell texts. */
const told = new Set(["text", "message", "commentary", "content", "caption"]);

/** An answer with all texts in it edited. */
export function editTold(value: unknown, edit: (text: string) => string, name = ""): unknown {
  if (typeof value === "string") return told.has(name) ? edit(value) : value;
  if (Array.isArray(value)) return value.map((item) => editTold(item, edit, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, editTold(inner, edit, key)]));
}

/** A text without everything in which two may differ and yet be called equal. */
export function foldedText(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}
