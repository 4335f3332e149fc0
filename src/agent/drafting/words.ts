/** Function words that say nothing about a text's subject, in the languages that people write to us in most. */
const stopWords = new Set(
  `a about above after again against all also am an and any are as at be because been before being below between both
  but by can could did do does doing done down during each even ever every few first for from further get gets got had
  has have having he her here hers herself him himself his how however i if in into is it its itself just last less let
  like made make makes many may me might mine more most much must my myself new no nor not now of off often on once one
  only or other our ours ourselves out over own per put rather said same say says see she should since so some still such
  than that the their theirs them themselves then there these they thing things this those three through thus to too two
  under until up upon us use used very was way we well were what when where whether which while who whom whose why will
  with within without would yet you your yours yourself yourselves
  aber als am an auch auf aus bei bin bis das dass dem den der des die doch du ein eine einem einen einer eines er es
  für hat haben ich ihr ihre im in ist ja jede kann kein keine man mehr mit nach nicht noch nur oder ob sein seine sich
  sie sind so über um und uns unter vom von vor war waren was weil wenn wer wie wir wird zu zum zur
  au aux avec ce ces cette dans de des du elle en est et eux il ils je la le les leur lui mais même ne nous on ou où par
  pas pour plus qu que qui sa sans se ses son sont sur un une vous été
  al algo como con cuando de del desde donde el ella ellos era es esta este esto fue ha han hay la las lo los mas me muy
  no nos o para pero por porque que se ser si sin sobre son su sus también un una uno y ya`.split(/\s+/),
);

const segmenters = new Map<string, Intl.Segmenter>();

/** The segmenter of a language; an unknown tag falls back to the root rules of UAX 29. */
export function segmenter(language: string, granularity: "sentence" | "word"): Intl.Segmenter {
  const key = `${granularity}:${language}`;
  const known = segmenters.get(key);
  if (known) return known;
  const made = new Intl.Segmenter(supported(language), { granularity });
  // A hostile page may name any language; the cache stays small.
  if (segmenters.size < 64) segmenters.set(key, made);
  return made;
}

function supported(language: string): string {
  try {
    return Intl.Segmenter.supportedLocalesOf([language])[0] ?? "en";
  } catch {
    return "en";
  }
}

/** One word of a text: as it was written, and the form under which its inflections count as one. */
export type Word = { surface: string; stem: string };

/** The words that carry meaning, in reading order. Numbers and single letters are not among them. */
export function meaningfulWords(text: string, language: string): Word[] {
  const words: Word[] = [];
  for (const { segment, isWordLike } of segmenter(language, "word").segment(text)) {
    if (!isWordLike || !/\p{L}/u.test(segment)) continue;
    const lower = segment.toLowerCase().replace(/['’]s$/, "");
    if (lower.length < 2 || stopWords.has(lower)) continue;
    words.push({ surface: segment.replace(/['’]s$/, ""), stem: stem(lower) });
  }
  return words;
}

/** True for a function word, which never starts or ends a key term. */
export function isStopWord(word: string): boolean {
  return stopWords.has(word.toLowerCase());
}

/**
 * A plural counts with its singular. Deliberately weak: a wrong merge ("news" and "new") costs more
 * in a summary than a missed one.
 */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 3 && /[^suai]s$/.test(word)) return word.slice(0, -1);
  return word;
}
