export type Direction = "ltr" | "rtl";

/** Where a text begins: by its first letter (UAX 9, rules P2 and P3). Looks at its first thousand characters alone. */
export function directionOf(text: string): Direction {
  const letter = /\p{L}/u.exec(text.slice(0, 1_000))?.[0] ?? "";
  return rightToLeftLetter.test(letter) ? "rtl" : "ltr";
}

/** Where texts of a language (BCP 47) begin: by the script that it is most often written in. */
export function directionOfLanguage(language: string): Direction {
  const { script } = new Intl.Locale(language).maximize();
  return scripts.has(script ?? "") ? "rtl" : "ltr";
}

const scripts: ReadonlySet<string> = new Set("Adlm Arab Hebr Mand Nkoo Rohg Samr Syrc Thaa Yezi".split(" "));

/** A letter of a script that runs from the right. */
export const rightToLeftLetter =
  /[[\p{Script=Adlm}\p{Script=Arab}\p{Script=Hebr}\p{Script=Mand}\p{Script=Nkoo}\p{Script=Rohg}\p{Script=Samr}\p{Script=Syrc}\p{Script=Thaa}\p{Script=Yezi}]&&\p{L}]/v;
