import type { ConnectorRegistry } from "#connectors";
import type { JsonObject } from "#kit";
import { isId, publishableProblem } from "#kit";
import type { TargetChannel } from "../model/check.ts";
import { DeskError } from "../model/errors.ts";
import { type Schedule, type Variant, scheduleRules } from "../model/post.ts";
import { resolveSchedule } from "../model/schedule.ts";
import { cellToParts, cellToTexts } from "./cell-forms.ts";
import type { Cells } from "./columns.ts";
import { wallOf } from "./when.ts";

/** What is wrong with a cell. An `error` keeps the line from being made; a `warning` is told with the draft. */
export type LineProblem = { column: string; message: string; severity: "error" | "warning" };

/** An image that a line names: one that is here, or an address that is fetched when the line is made. */
export type LineMedia = ({ id: string } | { url: string }) & { altText: string };

export type LineDraft = {
  title: string;
  variants: Variant[];
  schedule: Schedule | null;
  media: LineMedia[];
};

export type Interpreted = { draft: LineDraft | null; problems: LineProblem[] };

export type LineContext = {
  channels: TargetChannel[];
  connectors: ConnectorRegistry;
  /** What a line without a zone means. */
  zone: string;
  now: Date;
};

/** UTF-16 units: what the API takes of anybody (posts.schema.ts), so that what is imported can be edited. */
const longestCell = 200_000;
const longest: Record<string, number> = { link: 4_000, "first comment": 50_000 };
const longestOption = 10_000;
const longestAltText = 10_000;
const mostParts = 100;
const mostMedia = 50;
/** More says nothing new. */
const mostProblems = 20;

/** What a line says, or in plain words why it can't be made. Looks at nothing but the line and the channels. */
export function interpret(cells: Cells, context: LineContext): Interpreted {
  const problems: LineProblem[] = [];
  const cell = (name: string) => (cells[name] ?? "").trim();
  function wrong(column: string, message: string): void {
    if (problems.length < mostProblems) problems.push({ column, message, severity: "error" });
  }
  for (const [column, text] of Object.entries(cells)) {
    const problem = publishableProblem("", text);
    if (problem) wrong(column, problem.message);
    const most = longest[column] ?? (column.startsWith("option:") ? longestOption : longestCell);
    if (text.length > most) wrong(column, `This cell has more than ${most} characters.`);
  }
  if (problems.length > 0) return { draft: null, problems };
  // Not trimmed: what surrounds a person's own text was taken away when the file was read.
  const text = cells["text"] ?? "";
  if (text.trim() === "") wrong("text", "There is no text.");
  const channels = channelsOf(cell("channels"), context.channels, wrong);
  const media = mediaOf(cell("media"), cells["alt text"] ?? "", wrong);
  const link = linkOf(cells["link"] ?? "", wrong);
  const options = optionsOf(cells, channels, context.connectors, wrong);
  const parts = cellToParts(text);
  if (parts.length > mostParts)
    wrong("text", `This thread has ${parts.length} parts; ${mostParts} is the most.`);
  const schedule = scheduleOf(cell, context, wrong);
  if (problems.length > 0) return { draft: null, problems };
  return {
    problems,
    draft: {
      title: Array.from(cells["title"] || firstLine(text))
        .slice(0, 200)
        .join(""),
      schedule,
      media,
      variants: channels.map((channel) => ({
        channelId: channel.id,
        content: {
          parts,
          link,
          media: [],
          firstComment: cells["first comment"] || null,
          options: options.get(channel.connector) ?? {},
        },
      })),
    },
  };
}

type Wrong = (column: string, message: string) => void;

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? text;
  return line.length > 80 ? `${Array.from(line).slice(0, 79).join("")}…` : line;
}

/** By id, by handle with or without `@`, or by platform where it has one channel. */
function channelsOf(list: string, all: TargetChannel[], wrong: Wrong): TargetChannel[] {
  const names = new Set(list.split(/[;,|\n]/u).flatMap((name) => name.trim() || []));
  if (names.size === 0) wrong("channels", "Name at least one channel, by its handle or platform.");
  const live = all.filter(({ status }) => status !== "disconnected");
  const byId = Map.groupBy(live, ({ id }) => id);
  const byHandle = Map.groupBy(live, ({ handle }) => bare(handle));
  const byPlatform = Map.groupBy(live, ({ connector }) => connector);
  const found = [...names].flatMap((name) => {
    const fits = byId.get(name) ?? byHandle.get(bare(name)) ?? byPlatform.get(bare(name)) ?? [];
    if (fits.length === 0) wrong("channels", `There is no connected channel "${name}".`);
    if (fits.length > 1)
      wrong("channels", `"${name}" fits ${fits.length} channels; use the id of one: ${idsOf(fits)}.`);
    return fits.length === 1 ? fits : [];
  });
  return [...new Map(found.map((channel) => [channel.id, channel])).values()];
}

function bare(handle: string): string {
  return handle.toLowerCase().replace(/^@/u, "");
}

function idsOf(channels: TargetChannel[]): string {
  return channels.map(({ id, connector, handle }) => `${id} (${connector} ${handle})`).join(", ");
}

function mediaOf(list: string, altTexts: string, wrong: Wrong): LineMedia[] {
  const names = list.split(/[\s|]+/u).filter((name) => name !== "");
  const alts = cellToTexts(altTexts);
  if (alts.length > names.length)
    wrong("alt text", `There are ${alts.length} descriptions (separated by |) for ${names.length} images.`);
  if (names.length > mostMedia) {
    wrong("media", `There are ${names.length} images; ${mostMedia} is the most.`);
    return [];
  }
  if (alts.some((alt) => alt.length > longestAltText))
    wrong("alt text", `A description has more than ${longestAltText} characters.`);
  return names.flatMap((name, index): LineMedia[] => {
    const altText = alts[index] ?? "";
    if (isId(name)) return [{ id: name, altText }];
    const url = URL.parse(name);
    if (url && /^https?:$/u.test(url.protocol)) return [{ url: url.href, altText }];
    wrong("media", `"${name}" is neither the address (https://…) nor the id of an image.`);
    return [];
  });
}

function linkOf(link: string, wrong: Wrong): string | null {
  if (link === "") return null;
  const url = URL.parse(link);
  if (url && /^https?:$/u.test(url.protocol)) return link;
  wrong("link", `"${link}" is not an address; write it with https://.`);
  return null;
}

/** Options by connector: `key=value; key=value` in one column, or a column `option:key` each. */
function optionsOf(
  cells: Cells,
  channels: TargetChannel[],
  connectors: ConnectorRegistry,
  wrong: Wrong,
): Map<string, JsonObject> {
  const given = new Map<string, { value: string; column: string }>();
  for (const pair of (cells["options"] ?? "").split(/[;\n]/u)) {
    if (pair.trim() === "") continue;
    const [key = "", ...rest] = pair.split("=");
    if (rest.length === 0) wrong("options", `"${pair.trim()}" is not written as name=value.`);
    else given.set(key.trim().toLowerCase(), { value: rest.join("=").trim(), column: "options" });
  }
  for (const [column, value] of Object.entries(cells)) {
    if (!column.startsWith("option:") || value === "") continue;
    given.set(column.slice("option:".length), { value, column });
  }
  const byConnector = new Map<string, JsonObject>();
  for (const [key, { value, column }] of given) {
    const takers = channels.filter(({ connector }) => fieldOf(connectors, connector, key) !== null);
    if (takers.length === 0 && channels.length > 0)
      wrong(column, `None of these channels has an option "${key}".`);
    for (const { connector } of takers) {
      const name = fieldOf(connectors, connector, key) ?? key;
      byConnector.set(connector, { ...byConnector.get(connector), [name]: value });
    }
  }
  return byConnector;
}

/** The option's own spelling; headers are compared in lower case. */
function fieldOf(connectors: ConnectorRegistry, connector: string, key: string): string | null {
  const fields = connectors.get(connector)?.options ?? [];
  return fields.find((field) => field.key.toLowerCase() === key)?.key ?? null;
}

function scheduleOf(cell: (name: string) => string, context: LineContext, wrong: Wrong): Schedule | null {
  const read = wallOf(cell("date"), cell("time"));
  if (read === null) return null;
  if ("message" in read) wrong(read.column, read.message);
  const reading = cell("clock") === "" ? undefined : scheduleRules.find((rule) => rule === cell("clock"));
  if (cell("clock") !== "" && reading === undefined) wrong("clock", 'Write "earlier" or "later".');
  if ("message" in read) return null;
  try {
    return resolveSchedule(
      { wall: read.wall, zone: cell("zone") || context.zone, rule: reading },
      context.now,
    );
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    const column = error.code === "desk.schedule_zone" ? "zone" : "date";
    const choices =
      error.code === "desk.schedule_ambiguous"
        ? ` Put "earlier" or "later" into the column "clock": ${error.problems.map(({ message }) => message).join("; ")}.`
        : "";
    wrong(column, `${error.message}${choices}`);
    return null;
  }
}
