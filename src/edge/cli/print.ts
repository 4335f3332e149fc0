import { stripVTControlCharacters } from "node:util";
import type { Deliveries, Post } from "./answers.ts";

/** Rows as aligned columns. What comes from outside never reaches the terminal as control characters. */
export function table(header: string[], rows: string[][]): string {
  const lines = [header, ...rows].map((row) => row.map((cell) => safe(cell).replace(/\s+/g, " ")));
  const widths = header.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  return lines
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Text of somebody else, without what a terminal would obey. Line breaks stay. */
export function safe(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this removes
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** A post with everything that an approval binds. */
export function postText(post: Post): string {
  const when = post.scheduled ? `${post.scheduled.wall} ${post.scheduled.zone}` : "any time";
  const head = [
    safe(post.title),
    `  id       ${post.id}`,
    `  status   ${post.status}, version ${post.version}`,
    `  goes out ${when}`,
  ];
  return [...head, ...post.variants.map(variantText), ...problemLines(post)].join("\n");
}

/** Until when an approval can be taken back, by this machine's clock, and how; nothing where it cannot. */
export function undoLines(undoUntil: string | null, command: string): string[] {
  if (undoUntil === null) return [];
  return [`Until ${new Date(undoUntil).toTimeString().slice(0, 8)} you can take it back: ${command}`];
}

function variantText({ connector, handle, content }: Post["variants"][number]): string {
  const lines = [
    ...Object.entries(content.options).map(([key, value]) => `${key}: ${value}`),
    ...content.parts.flatMap((part, index) =>
      content.parts.length > 1 ? [`[part ${index + 1}]`, part] : [part],
    ),
    ...(content.link ? [`link: ${content.link}`] : []),
    ...content.media.map((media) => `image: ${media.altText || "(no alt text)"}`),
    ...(content.firstComment ? [`first comment: ${content.firstComment}`] : []),
  ];
  const body = lines.flatMap((line) => safe(line).split("\n")).map((line) => `  | ${line}`);
  return [`\n${connector} ${safe(handle)}`, ...body].join("\n");
}

function problemLines(post: Post): string[] {
  const problems = post.checks.flatMap((check) => check.problems);
  return problems.length === 0 ? [] : ["", ...problems.map((problem) => `! ${safe(problem.message)}`)];
}

/** Where a post stands on each channel. */
export function deliveriesText({ items }: Deliveries): string {
  const rows = items.map(({ channel, state, externalUrl, error }) => [
    channel.connector,
    channel.handle,
    state.replaceAll("_", " "),
    externalUrl ?? error?.message ?? "",
  ]);
  return table(["connector", "channel", "state", "link or reason"], rows);
}
