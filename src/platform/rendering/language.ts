import { franc } from "franc-min";

/** ISO 639-3 of those that people write posts in most; of few, so that a short text is not taken for a rare one. */
const known =
  "arb ben bul ces cmn deu ell eng fra hin hrv hun ind ita jpn kor nld pes pol por ron rus spa swe tam tel tha tur ukr urd vie".split(
    " ",
  );

/** Sentences; fewer letters say too little. */
const fewest = 60;
const most = 2_000;

/**
 * The language of a text (BCP 47): by its script, where one language alone is written in it, else by what sequences of
 * letters are common; null where it is too short to tell. Looks at the start alone.
 */
export function languageOf(text: string): string | null {
  const start = text.slice(0, most).toWellFormed();
  const first = /\p{L}/u.exec(start)?.[0] ?? "";
  const [own] = scripts.find(([, script]) => script.test(first)) ?? [];
  if (own !== undefined) return own;
  const found = franc(start, { only: known, minLength: fewest });
  if (found === "und") return null;
  return Intl.getCanonicalLocales(found)[0] ?? null;
}

const scripts: [language: string, script: RegExp][] = [
  ["el", /\p{Script=Greek}/u],
  ["he", /\p{Script=Hebrew}/u],
  ["hy", /\p{Script=Armenian}/u],
  ["ja", /\p{Script=Hiragana}|\p{Script=Katakana}/u],
  ["ka", /\p{Script=Georgian}/u],
  ["ko", /\p{Script=Hangul}/u],
  ["th", /\p{Script=Thai}/u],
];
