/** A quotation or an aside that is longer than this is several sentences, which are told apart inside it. */
const longestSpan = 300;

const brackets: Record<string, string> = {
  "(": ")",
  "[": "]",
  "（": "）",
  "「": "」",
  "『": "』",
  "《": "》",
  "【": "】",
};
const closers = new Map(Object.entries(brackets).map(([open, close]) => [close, open] as const));

/** What quotation marks and brackets hold together in a text. */
export type QuotedSpans = {
  /** True between the two marks of a span. */
  holds(index: number): boolean;
  /** Where the span opens whose closing mark stands at `index`. */
  openingOf(index: number): number | undefined;
};

/**
 * The spans of a text, by index of UTF-16 code units, in one pass. Every language's marks are read, with
 * the direction that the text itself gives them: „so“, “so”, «so», »so«. Apostrophes are no marks.
 */
export function quotedSpans(text: string): QuotedSpans {
  const open = new Map<string, number>();
  const openings = new Map<number, number>();
  const change = new Int32Array(text.length + 1);
  function close(family: string, at: number): void {
    const from = open.get(family);
    open.delete(family);
    if (from === undefined) return;
    openings.set(at, from);
    if (at - from > longestSpan) return;
    change[from + 1] = (change[from + 1] ?? 0) + 1;
    change[at] = (change[at] ?? 0) - 1;
  }
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    const closes = closers.get(mark);
    if (mark in brackets) open.set(mark, at);
    else if (closes !== undefined) close(closes, at);
    else if (mark === "„" || mark === "“") {
      if (mark === "“" && open.has("quote")) close("quote", at);
      else open.set("quote", at);
    } else if (mark === "”") close("quote", at);
    else if (mark === "«" || mark === "»") {
      const other = mark === "«" ? "»" : "«";
      if (open.has(other)) close(other, at);
      else open.set(mark, at);
    } else if (mark === '"') {
      if (open.has(mark) && !opensHere(text, at)) close(mark, at);
      else if (opensHere(text, at)) open.set(mark, at);
    }
  }
  let depth = 0;
  const depths = change.map((by) => (depth += by));
  return { holds: (index) => (depths[index] ?? 0) > 0, openingOf: (index) => openings.get(index) };
}

/** A straight mark opens before a word and after a space. */
function opensHere(text: string, at: number): boolean {
  return (at === 0 || /[\s(["'—–-]/.test(text.charAt(at - 1))) && /\S/.test(text.charAt(at + 1));
}
