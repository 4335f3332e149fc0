let segmenter: Intl.Segmenter | null = null;

/** A text cut into what people see as single characters. */
export function graphemes(text: string): Intl.Segments {
  // Made with the first text: it reads Unicode's tables, and no start should wait for that.
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

export function countGraphemes(text: string): number {
  let count = 0;
  for (const _ of graphemes(text)) count += 1;
  return count;
}
