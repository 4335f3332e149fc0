import { globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Lists the decisions by area in docs/decisions/README.md: `npm run decisions`. A test compares.

/** By the word that a page gives as its area, in the order of the list. */
const areas: Record<string, string> = {
  desk: "The desk: writing, approving, planning",
  delivery: "Delivery: once, and never lost",
  channels: "Channels and platforms",
  agent: "The agent: reading and drafting",
  texts: "Texts and addresses",
  site: "The site",
  dashboard: "The dashboard",
  edge: "The API and the command line",
  identity: "Who is who, and who may do what",
  security: "What keeps others out",
  running: "Running: processes, queue, start",
  code: "The code itself",
};

const folder = fileURLToPath(new URL("../docs/decisions/", import.meta.url));

type Page = { file: string; title: string; area: string };

/** The list as it must stand. Throws where a page has no title, or no area that is known. */
export function decisionList(): string {
  const pages = globSync("[0-9]*.md", { cwd: folder }).toSorted().map(readPage);
  const parts = Object.entries(areas).map(([area, title]) => {
    const own = pages.filter((page) => page.area === area);
    return [
      `## ${title}`,
      "",
      ...own.map(({ file, title: name }) => `- [${file.slice(0, 4)}](${file}) ${name}`),
    ];
  });
  return [
    "# Decisions",
    "",
    "One page per choice that a reader might question: what was chosen, why, and what would change our mind. A page names its",
    "area in its third line, and `npm run decisions` writes this list.",
    ...parts.flatMap((part) => ["", ...part]),
    "",
  ].join("\n");
}

function readPage(file: string): Page {
  const text = readFileSync(folder + file, "utf8");
  const [, title] = /^# (?:\d+[.:] )?(.+)/u.exec(text) ?? [];
  const [, area] = /^Area: (\w+)$/mu.exec(text) ?? [];
  if (title === undefined || area === undefined || !Object.hasOwn(areas, area)) {
    throw new TypeError(`${file} needs a title, and "Area: " with one of ${Object.keys(areas).join(", ")}`);
  }
  return { file, title, area };
}

if (import.meta.main) writeFileSync(`${folder}README.md`, decisionList());
