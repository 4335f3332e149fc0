import { plural, t, texts } from "../lib/texts.ts";

export const importText = texts(() => ({
  title: t`Import`,
  lead: t`Posts from a spreadsheet. Every line is checked before anything is made, and what is made are drafts.`,
  choose: t`Choose a CSV file`,
  drop: t`Drop a CSV file here, or choose one. UTF-8 or UTF-16, up to 5,000 lines and 5 MB.`,
  zone: t`Lines without a time zone mean`,
  template: t`Template`,
  export: t`Export all posts`,
  checking: (done: number, all: number) => t`Checking line ${{ done }} of ${{ all }}`,
  importing: (done: number, all: number) => t`Making drafts: ${{ done }} of ${{ all }}`,
  checked: (ready: number) =>
    plural({ ready }, { one: "# line can become a draft", other: "# lines can become drafts" }),
  start: (ready: number) => plural({ ready }, { one: "Make # draft", other: "Make # drafts" }),
  nothing: t`No line of this file can be imported. Mend it and upload it again.`,
  done: (made: number, broken: number) => {
    const said = plural({ made }, { one: "# draft was made.", other: "# drafts were made." });
    if (broken === 0) return said;
    const rest = plural(
      { broken },
      {
        one: "Mend the broken line and upload the file again: what was made is not made twice.",
        other: "Mend the # broken lines and upload the file again: what was made is not made twice.",
      },
    );
    return `${said} ${rest}`;
  },
  failed: t`The import stopped.`,
  show: t`Show`,
  all: t`All`,
  states: {
    waiting: t`Waiting`,
    ready: t`Good`,
    broken: t`Broken`,
    repeated: t`Imported before`,
    made: t`Made`,
  },
  line: t`Line`,
  what: t`What will be made`,
  problem: t`What to know`,
  column: (name: string) => (name === "" ? "" : t`${{ name }}: `),
  more: (count: number) => t`Only the first ${{ count }} lines are shown.`,
  recent: t`Earlier imports`,
  summary: (made: number, broken: number, repeated: number) =>
    t`${{ made }} made, ${{ broken }} broken, ${{ repeated }} imported before`,
  open: t`Open`,
  another: t`Import another file`,
  loading: t`Loading`,
  none: t`No lines.`,
}));
