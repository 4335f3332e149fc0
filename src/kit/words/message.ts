import { rightToLeftLetter } from "../direction.ts";

/**
 * Words for people, written once, in English and in the grammar of Lingui's macros, which `npm run texts` reads into the
 * catalogues: msg`${{ count }} of ${{ limit }} are used`. Who says them to a person finds them there in another language
 * (docs/translations.md). The values are labelled, since a function can't read the name of a variable.
 */
export type Message = {
  /** In English, for who has no other words for it. */
  readonly message: string;
  /** The same with the names of its values in their places (ICU MessageFormat), where it holds any. */
  readonly template?: string;
  /** The values, by these names. */
  readonly params?: Params;
};

export type Params = Readonly<Record<string, string | number>>;

/** By what a message is known in the catalogues. */
export function keyOf({ message, template }: Message): string {
  return template ?? message;
}

/** A message: spread it where a `message` stands, `{ code, ...msg`It holds ${{ what }}.` }`. */
export function msg(words: TemplateStringsArray, ...labels: Params[]): Message {
  const [only = ""] = words;
  if (labels.length === 0) return { message: only };
  const names = labels.map((label) => Object.keys(label)[0] ?? "");
  const values = labels.map((label) => Object.values(label)[0] ?? "");
  return {
    message: String.raw({ raw: words }, ...values),
    template: String.raw({ raw: words }, ...names.map((name) => `{${name}}`)),
    params: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])),
  };
}

/** plural({ count }, { one: "# post", other: "# posts" }): the number stands for #, in the form that it needs. */
export function plural(
  label: Readonly<Record<string, number>>,
  forms: { one: string | Message; other: string | Message },
): Message {
  const [name, count] = Object.entries(label)[0] ?? ["", 0];
  const [one, other] = [messageOf(forms.one), messageOf(forms.other)];
  const form = count === 1 ? one : other;
  return {
    message: form.message.replaceAll("#", String(count)),
    template: `{${name}, plural, one {${keyOf(one)}} other {${keyOf(other)}}}`,
    params: { ...one.params, ...other.params, [name]: count },
  };
}

function messageOf(form: string | Message): Message {
  return typeof form === "string" ? { message: form } : form;
}

/**
 * The values of a message as they are said: what decides a form as the number that it is, all else as `shown` writes it.
 */
export function valuesOf(
  { template = "", params = {} }: Message,
  shown: (value: string | number) => string,
): Params {
  const entries = Object.entries(params).map(([name, value]) => {
    const counts = typeof value === "number" && template.includes(`{${name}, plural,`);
    // Lingui decodes \x41 and \u0041 in all that it says, also where a person has written just that.
    return [name, counts ? value : shown(value).replaceAll("\\", "\\u005c")] as const;
  });
  return Object.fromEntries(entries);
}

/** Words of another, to stand in a sentence that runs from the left: from the right, they keep to themselves (UAX 9). */
export function isolated(words: string): string {
  return rightToLeftLetter.test(words) ? `\u2068${words}\u2069` : words;
}
