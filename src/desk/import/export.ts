import { sql } from "kysely";
import { contentHash } from "#kit";
import type { Database } from "#platform/db";
import type { PostStatus, Variant } from "../post.ts";
import { textOptions } from "../posts.wire.ts";
import { columns, informing } from "./columns.ts";
import { writeCsv } from "./csv.ts";

/** More posts than this are not written into one file. */
const mostPosts = 20_000;

type Row = {
  id: string;
  title: string;
  status: PostStatus;
  wall: string | null;
  zone: string | null;
  rule: string | null;
  variants: Variant[];
  live_at: string | null;
};

/** A template with one example line, for people to fill in. */
export function templateCsv(): string {
  const example: Record<string, string> = {
    title: "A name for the list, never published",
    text: "What is published. A line of three dashes between two texts makes a thread.",
    channels: "@handle; bluesky",
    date: "2030-12-01",
    time: "09:00",
    zone: "Europe/Berlin",
    clock: "",
    link: "https://example.com/news",
    media: "https://example.com/picture.jpg",
    "alt text": "What the picture shows",
    "first comment": "",
    options: "",
  };
  return writeCsv([...columns], [columns.map((column) => example[column] ?? "")]);
}

/** One line per post and different content; channels that say the same share a line. */
export async function exportPosts(database: Database, workspaceId: string): Promise<string> {
  const rows = await database.inWorkspace(workspaceId, async (db) => {
    const found = await sql<Row>`
      select p.id, p.title, p.status, p.scheduled_wall as wall, p.scheduled_zone as zone,
        p.scheduled_rule as rule, v.variants,
        (select min(d.external_url) from deliveries d
          where d.workspace_id = p.workspace_id and d.post_id = p.id and d.state = 'confirmed') as live_at
      from posts p
      join post_versions v on v.workspace_id = p.workspace_id and v.post_id = p.id and v.number = p.version
      where p.workspace_id = ${workspaceId} and p.deleted_at is null and p.kind = 'post'
      order by p.id desc
      limit ${mostPosts}`.execute(db);
    return found.rows;
  });
  const header = [...columns, ...informing];
  const lines = rows.flatMap((row) => linesOf(row).map((cells) => header.map((name) => cells[name] ?? "")));
  return writeCsv(header, lines);
}

function linesOf(row: Row): Record<string, string>[] {
  const groups = Map.groupBy(row.variants, ({ content }) => contentHash(content));
  return [...groups.values()].flatMap((variants) => {
    const content = variants[0]?.content;
    if (!content) return [];
    const [date = "", time = ""] = row.wall?.split("T") ?? [];
    return [
      {
        title: row.title,
        text: content.parts.join("\n---\n"),
        channels: variants.map(({ channelId }) => channelId).join("; "),
        date,
        time,
        zone: row.zone ?? "",
        clock: row.rule === null || row.rule === "compatible" ? "" : row.rule,
        link: content.link ?? "",
        media: content.media.map(({ mediaId }) => mediaId).join(" "),
        "alt text": content.media.map(({ altText }) => altText.replaceAll(/[|\n]/gu, " ")).join(" | "),
        "first comment": content.firstComment ?? "",
        options: Object.entries(textOptions(content.options))
          .map(([key, value]) => `${key}=${value}`)
          .join("; "),
        id: row.id,
        status: row.status,
        "live at": row.live_at ?? "",
      },
    ];
  });
}
