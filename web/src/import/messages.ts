export const importText = {
  title: "Import",
  lead: "Posts from a spreadsheet. Every line is checked before anything is made, and what is made are drafts.",
  choose: "Choose a CSV file",
  drop: "Drop a CSV file here, or choose one. UTF-8 or UTF-16, up to 5,000 lines and 5 MB.",
  zone: "Lines without a time zone mean",
  template: "Template",
  export: "Export all posts",
  checking: (done: number, all: number) => `Checking line ${done} of ${all}`,
  importing: (done: number, all: number) => `Making drafts: ${done} of ${all}`,
  checked: (ready: number) =>
    ready === 1 ? "1 line can become a draft" : `${ready} lines can become drafts`,
  start: (ready: number) => (ready === 1 ? "Make 1 draft" : `Make ${ready} drafts`),
  nothing: "No line of this file can be imported. Mend it and upload it again.",
  done: (made: number, broken: number) =>
    [
      made === 1 ? "1 draft was made." : `${made} drafts were made.`,
      broken === 0
        ? ""
        : `Mend the ${broken === 1 ? "broken line" : `${broken} broken lines`} and upload the file again: what was made is not made twice.`,
    ]
      .filter(Boolean)
      .join(" "),
  failed: "The import stopped.",
  show: "Show",
  all: "All",
  states: {
    waiting: "Waiting",
    ready: "Good",
    broken: "Broken",
    repeated: "Imported before",
    made: "Made",
  },
  line: "Line",
  what: "What will be made",
  problem: "What to know",
  column: (name: string) => (name === "" ? "" : `${name}: `),
  more: (count: number) => `Only the first ${count} lines are shown.`,
  recent: "Earlier imports",
  summary: (made: number, broken: number, repeated: number) =>
    `${made} made, ${broken} broken, ${repeated} imported before`,
  open: "Open",
  another: "Import another file",
  loading: "Loading",
  none: "No lines.",
} as const;
