import { isStopWord, meaningfulWords, wordSegmenter } from "../text/words.ts";

type Term = { words: string[]; count: number; inTitle: boolean };

/** Counts and times stand in every text and are the subject of none. */
const measures = new Set(
  `two three four five six seven eight nine ten twelve twenty hundred thousand million billion first second third half
  quarter year month week day hour minute time number part way people person percent today new good great big long
  zwei drei vier fünf jahr tag prozent deux trois quatre ans année dos tres cuatro año años`.split(/\s+/),
);

/**
 * What a text is about, as tags without the `#`: "UrbanTrees", "Shade". Single words and pairs that the
 * text repeats; those in the title weigh double; a word inside a chosen pair is not chosen again.
 */
export function keyTags(title: string, text: string, language: string, count: number): string[] {
  const titleStems = new Set(meaningfulWords(title, language).map((word) => word.stem));
  const ranked = [...singles(text, language, titleStems), ...pairs(text, language, titleStems)]
    .map((term) => ({ term, worth: worth(term) }))
    .sort(
      (left, right) =>
        right.worth - left.worth || left.term.words.join().localeCompare(right.term.words.join()),
    );
  const tags: string[] = [];
  const covered = new Set<string>();
  for (const { term } of ranked) {
    if (tags.length === count) break;
    const stems = meaningfulWords(term.words.join(" "), language).map((word) => word.stem);
    if (stems.some((stem) => covered.has(stem))) continue;
    for (const stem of stems) covered.add(stem);
    tags.push(tagOf(term.words));
  }
  return tags;
}

function worth(term: Term): number {
  // A pair occurs less often than a word but says more; the tenth occurrence says less than the second.
  return Math.log2(1 + term.count) * (term.words.length === 2 ? 2.5 : 1) * (term.inTitle ? 1.5 : 1);
}

function singles(text: string, language: string, title: ReadonlySet<string>): Term[] {
  const found = new Map<string, { surfaces: Map<string, number>; count: number }>();
  for (const { stem, surface } of meaningfulWords(text, language)) {
    if (surface.length < 4 || measures.has(stem)) continue;
    const entry = found.get(stem) ?? { surfaces: new Map<string, number>(), count: 0 };
    entry.count += 1;
    entry.surfaces.set(surface, (entry.surfaces.get(surface) ?? 0) + 1);
    found.set(stem, entry);
  }
  return [...found]
    .filter(([, entry]) => entry.count >= 3)
    .map(([stem, entry]) => ({
      words: [mostOf(entry.surfaces)],
      count: entry.count,
      inTitle: title.has(stem),
    }));
}

function pairs(text: string, language: string, title: ReadonlySet<string>): Term[] {
  const found = new Map<string, Term>();
  let previous: string | null = null;
  let apart = false;
  for (const { segment, isWordLike } of wordSegmenter(language).segment(text)) {
    if (!isWordLike) {
      // Only a space may stand inside a pair: "trees, shade" is two subjects.
      apart ||= segment !== " ";
      continue;
    }
    const usable =
      segment.length > 2 &&
      /^\p{L}+$/u.test(segment) &&
      !isStopWord(segment, language) &&
      !measures.has(segment.toLowerCase());
    if (usable && previous !== null && !apart) {
      const key = `${previous} ${segment}`.toLowerCase();
      const term = found.get(key) ?? {
        words: [previous, segment],
        count: 0,
        inTitle: isIn(title, key, language),
      };
      term.count += 1;
      found.set(key, term);
    }
    previous = usable ? segment : null;
    apart = false;
  }
  return [...found.values()].filter((term) => term.count >= 3);
}

function isIn(title: ReadonlySet<string>, words: string, language: string): boolean {
  return meaningfulWords(words, language).every((word) => title.has(word.stem));
}

function mostOf(surfaces: ReadonlyMap<string, number>): string {
  return [...surfaces].sort(([left, a], [right, b]) => b - a || left.localeCompare(right))[0]?.[0] ?? "";
}

function tagOf(words: readonly string[]): string {
  return words
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).replace(/[^\p{L}\p{N}_]/gu, ""))
    .join("");
}
