import { markInvisible } from "#kit";
import { type Deliveries, openCopies, type Post } from "./answers.ts";

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

/** Where a post stands on each channel, and the posts on the platform that a person has to look at. */
export function deliveriesText({ items }: Deliveries): string {
  const rows = items.map((delivery) => [
    delivery.channel.connector,
    delivery.channel.handle,
    delivery.state.replaceAll("_", " "),
    delivery.externalUrl ?? askedAbout(delivery)?.message ?? delivery.error?.message ?? "",
  ]);
  return [table(["connector", "channel", "state", "link or reason"], rows), ...items.flatMap(addresses)].join(
    "\n",
  );
}

type Delivery = Deliveries["items"][number];

/** Why Galley asks about it; nothing where it does not. */
function askedAbout({ state, attempts }: Delivery) {
  return state === "needs_human" ? attempts.find(({ doubt }) => doubt !== null)?.doubt : undefined;
}

function addresses(delivery: Delivery): string[] {
  const { handle } = delivery.channel;
  const seen = (askedAbout(delivery)?.seen ?? []).map(
    ({ url, createdAt }) =>
      `  ${url ?? "a post without an address"}${createdAt === null ? "" : `, dated ${createdAt}`}`,
  );
  const copies = openCopies(delivery);
  const lines = [
    ...(seen.length > 0
      ? [`This may be it on ${handle}; say so with: galley resolve ID --live URL`, ...seen]
      : []),
    ...copies.flatMap(({ url, ownUrl }) => [
      `It came up late on ${handle}, after it was taken for absent. Take down what is there twice; then: galley settled ID`,
      ...[ownUrl, url].filter((one) => one !== null).map((one) => `  ${one}`),
    ]),
  ];
  return lines.map((line) => markInvisible(line));
}
