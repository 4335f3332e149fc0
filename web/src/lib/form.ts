/** The text fields of a form, by name. Files are not text and are left out. */
export function formTexts(form: HTMLFormElement): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}

/** The named text fields of a form; one that it does not have is empty. */
export function formFields<Name extends string>(
  form: HTMLFormElement,
  names: readonly Name[],
): Record<Name, string> {
  const texts = formTexts(form);
  return Object.fromEntries(names.map((name) => [name, texts[name] ?? ""])) as Record<Name, string>;
}
