import { i18n, type Messages } from "@lingui/core";
import { rightToLeftLetter } from "../../../src/kit/direction.ts";
import { formatNumber } from "./format.ts";
import { direction, language, locale } from "./language.ts";

/**
 * The dashboard's words, in the grammar of Lingui's macros: `npm run texts` reads them out of the sources into the
 * catalogues. Nothing translates these calls while building; English is said as it stands in the code, and every other
 * language by its catalogue, whose keys are the English messages (docs/decisions/0133).
 */

/** `{ name }`: a value, and what translators read in its place. */
type Label = Readonly<Record<string, string | number>>;

/** A message that is not said yet: for a form of `plural` that holds other values than the number. */
export type Message = {
  /** In ICU's MessageFormat, without the values: "Welcome, {name}". */
  message: string;
  /** Said in English; `count` takes the place of each # of the words. */
  english: (count?: string) => string;
  values: Label;
};

/** The English forms; a catalogue has those of its own language (CLDR). */
type Forms = { one: string | Message; other: string | Message };

let isLoaded = language === "en";

/** Has to come before the first text is read. */
export function loadTexts(catalogue: Messages): void {
  i18n.load(language, catalogue);
  i18n.activate(language, locale);
  isLoaded = true;
}

/**
 * A room's texts: an object like any other, whose fields are made when the first of them is read. So a module may
 * import texts before their language is there; what it does with them has to wait for a call.
 */
export function texts<Texts extends object>(make: () => Texts): Texts {
  let made: Texts | undefined;
  const ready = (): Texts => (made ??= make());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the handler answers in its place
  return new Proxy({} as Texts, {
    get: (_target, key): unknown => Reflect.get(ready(), key),
    has: (_target, key) => Reflect.has(ready(), key),
    ownKeys: () => Reflect.ownKeys(ready()),
    getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(ready(), key),
  });
}

type InContext = { message: string; context: string };

/** t`Welcome, ${{ name }}`; with a context where the same English means two things: t({ message, context }). */
export function t(text: TemplateStringsArray, ...labels: Label[]): string;
export function t(text: InContext): string;
export function t(text: TemplateStringsArray | InContext, ...labels: Label[]): string {
  return "raw" in text ? say(msg(text, ...labels)) : say(plain(text.message), text.context);
}

/** See `Message`. */
export function msg(words: TemplateStringsArray, ...labels: Label[]): Message {
  const names = labels.map((label) => Object.keys(label)[0] ?? "");
  const said = labels.map((label) => shown(Object.values(label)[0] ?? ""));
  return {
    message: String.raw({ raw: words }, ...names.map((name) => `{${name}}`)),
    english: (count) =>
      String.raw(
        { raw: count === undefined ? words : words.map((part) => part.replaceAll("#", count)) },
        ...said,
      ),
    values: Object.fromEntries(names.map((name, index) => [name, said[index] ?? ""])),
  };
}

/** plural({ count }, { one: "# post", other: "# posts" }): the number stands for #, in the form that it needs. */
export function plural(label: Readonly<Record<string, number>>, forms: Forms): string {
  const [name, count] = Object.entries(label)[0] ?? ["", 0];
  const [one, other] = [messageOf(forms.one), messageOf(forms.other)];
  englishPlurals ??= new Intl.PluralRules("en");
  const form = englishPlurals.select(count) === "one" ? one : other;
  return say({
    message: `{${name}, plural, one {${one.message}} other {${other.message}}}`,
    english: () => form.english(formatNumber(count)),
    // The number itself: the catalogue's language has rules of its own for it.
    values: { ...one.values, ...other.values, [name]: count },
  });
}

// A browser takes long to make its first, and most pages need none.
let englishPlurals: Intl.PluralRules | null = null;

function messageOf(form: string | Message): Message {
  return typeof form === "string" ? plain(form) : form;
}

function plain(words: string): Message {
  return {
    message: words,
    english: (count) => (count === undefined ? words : words.replaceAll("#", count)),
    values: {},
  };
}

/** Numbers as they are written here; words that run the other way than the page keep to themselves (UAX 9, FSI). */
function shown(value: string | number): string {
  if (typeof value === "number") return formatNumber(value);
  const foreign = direction === "rtl" ? leftToRightLetter : rightToLeftLetter;
  return foreign.test(value) ? `\u2068${value}\u2069` : value;
}

const leftToRightLetter = /[\p{Script=Latin}\p{Script=Grek}\p{Script=Cyrl}]/u;

/** What is missing from a catalogue is said in English. */
function say({ message, english, values }: Message, context?: string): string {
  if (!isLoaded) throw new Error(`“${english()}” is read before its language is there.`);
  const key = keyOf(message, context);
  return Object.hasOwn(i18n.messages, key) ? i18n._(key, escaped(values)) : english();
}

/** As the build writes it: a context and its message as in a compiled catalogue of gettext. */
function keyOf(message: string, context: string | undefined): string {
  return context === undefined ? message : `${context}\u0004${message}`;
}

/** Lingui decodes \x41 and \u0041 in all that it says, also where a person has written just that. */
function escaped(values: Label): Label {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? value.replaceAll("\\", "\\u005c") : value,
    ]),
  );
}
