import { markInvisible } from "#kit";
import type { Deliveries, Post } from "./answers.ts";

/** Words that stay in their line, as long as they look. */
function inLine(words: string): string {
  return markInvisible(words).replace(/\s+/g, " ");
}

/** Rows as aligned columns. */
export function table(header: string[], rows: string[][]): string {
  const lines = [header, ...rows].map((row) => row.map(inLine));
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

/** A post with everything that an approval binds. */
export function postText(post: Post): string {
  const when = post.scheduled ? `${post.scheduled.wall} ${post.scheduled.zone}` : "any time";
  const head = [
    inLine(post.title),
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
  const body = lines.flatMap((line) => markInvisible(line).split("\n")).map((line) => `  | ${line}`);
  return [`\n${connector} ${inLine(handle)}`, ...body].join("\n");
}

function problemLines(post: Post): string[] {
  const problems = post.checks.flatMap((check) => check.problems);
  return problems.length === 0 ? [] : ["", ...problems.map((problem) => `! ${inLine(problem.message)}`)];
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
