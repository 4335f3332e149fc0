import { Temporal } from "temporal-polyfill";
import type { ConnectorRegistry } from "#connectors";
import { contentHash } from "#kit";
import type { Database } from "#platform/db";
import { allChannels } from "../model/channels.store.ts";
import { textOptions } from "../model/post.ts";
import { partsToCell, textsToCell } from "./cell-forms.ts";
import { columns, informing } from "./columns.ts";
import { writeCsv } from "./csv.ts";
import { type ExportedPost, exportedPosts } from "./export.read.ts";
import { zoneOf } from "./imports.store.ts";

/**
 * A template with one example line, for people to fill in; it can be imported as it is. Its channel is one of the
 * workspace (the built-in sandbox where none is connected yet), its time lies ahead, and no picture is fetched.
 */
export async function templateCsv(
  database: Database,
  connectors: ConnectorRegistry,
  workspaceId: string,
  now: Date,
): Promise<string> {
  const { channels, zone } = await database.inWorkspace(workspaceId, async (db) => ({
    channels: await allChannels(db, workspaceId),
    zone: await zoneOf(db, workspaceId),
  }));
  const live = channels.filter(({ status }) => status !== "disconnected");
  const needs = (id: string) => connectors.get(id)?.options.filter(({ required }) => required) ?? [];
  const channel = live.toSorted(
    (one, other) => needs(one.connector).length - needs(other.connector).length,
  )[0];
  const alone = live.filter(({ connector }) => connector === channel?.connector).length === 1;
  const inAMonth = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone);
  const example: Record<string, string> = {
    title: "A name for the list, never published",
    text: "What is published. A line of three dashes between two texts makes a thread.",
    channels: channel ? (alone ? channel.connector : channel.id) : "sandbox",
    date: inAMonth.add({ days: 30 }).toPlainDate().toString(),
    time: "12:00",
    zone,
    link: "https://example.com/news",
    options: needs(channel?.connector ?? "")
      .map(({ key, kind, choices }) => `${key}=${kind === "choice" ? (choices[0] ?? "") : "An example"}`)
      .join("; "),
  };
  return writeCsv([...columns], [columns.map((column) => example[column] ?? "")]);
}

/** One line per post and different content; channels that say the same share a line. */
export async function exportPosts(database: Database, workspaceId: string): Promise<string> {
  const rows = await database.inWorkspace(workspaceId, (db) => exportedPosts(db, workspaceId));
  const lines = rows.flatMap(linesOf);
  // A column for each option: in a common one a value could not hold what separates two.
  const options = new Set(lines.flatMap((cells) => Object.keys(cells).filter(isOption)));
  const header = [...columns.filter((name) => name !== "options"), ...options, ...informing];
  return writeCsv(
    header,
    lines.map((cells) => header.map((name) => cells[name] ?? "")),
  );
}

function isOption(column: string): boolean {
  return column.startsWith("option:");
}

function linesOf(row: ExportedPost): Record<string, string>[] {
  const groups = Map.groupBy(row.variants, ({ content }) => contentHash(content));
  return [...groups.values()].flatMap((variants) => {
    const content = variants[0]?.content;
    if (!content) return [];
    const [date = "", time = ""] = row.wall?.split("T") ?? [];
    return [
      {
        title: row.title,
        text: partsToCell(content.parts),
        channels: variants.map(({ channelId }) => channelId).join("; "),
        date,
        time,
        zone: row.zone ?? "",
        clock: row.rule === null || row.rule === "compatible" ? "" : row.rule,
        link: content.link ?? "",
        media: content.media.map(({ mediaId }) => mediaId).join(" "),
        "alt text": textsToCell(content.media.map(({ altText }) => altText)),
        "first comment": content.firstComment ?? "",
        ...Object.fromEntries(
          Object.entries(textOptions(content.options)).map(([key, value]) => [`option:${key}`, value]),
        ),
        id: row.id,
        status: row.status,
        "live at": row.live_at ?? "",
      },
    ];
  });
}
