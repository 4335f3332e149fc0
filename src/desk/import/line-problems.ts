import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import { mediaByIds } from "../media/media.store.ts";
import { type TargetChannel, checkVariants } from "../model/check.ts";
import type { ImportDeps } from "./deps.ts";
import type { Interpreted, LineDraft, LineProblem } from "./interpret.ts";

/**
 * What is wrong with a line that was read. What the platforms would say of it is a warning: it keeps no line from
 * becoming a draft.
 */
export async function problemsOfLine(
  deps: ImportDeps,
  db: Kysely<Schema>,
  workspaceId: string,
  { draft, problems }: Interpreted,
  channels: TargetChannel[],
): Promise<LineProblem[]> {
  if (!draft) return problems;
  const ids = draft.media.flatMap((media) => ("id" in media ? [media.id] : []));
  const known = await mediaByIds(db, workspaceId, ids);
  const missing = ids
    .filter((id) => !known.has(id))
    .map((id) => ({ column: "media", message: `There is no image ${id}.`, severity: "error" as const }));
  if (missing.length > 0) return missing;
  // Images that are still to be fetched are checked when they are here.
  const attached = draft.media.flatMap((media) =>
    "id" in media ? [{ mediaId: media.id, altText: media.altText }] : [],
  );
  const { connectors, connectorSettings } = deps;
  const checks = checkVariants(withMedia(draft, attached), {
    connectors,
    connectorSettings,
    media: known,
    channels: new Map(channels.map((channel) => [channel.id, channel])),
  });
  const waiting = draft.media.some((media) => "url" in media);
  const warnings = checks.flatMap((check) =>
    check.problems
      .filter(({ path, code }) => !(waiting && (path.startsWith("/media") || code.includes("media"))))
      .map(({ path, message }) => ({ column: columnOf(path), message, severity: "warning" as const })),
  );
  return [...new Map(warnings.map((problem) => [problem.column + problem.message, problem])).values()];
}

function columnOf(path: string): string {
  if (path.startsWith("/parts")) return "text";
  if (path.startsWith("/link")) return "link";
  if (path.startsWith("/media")) return path.endsWith("altText") ? "alt text" : "media";
  if (path.startsWith("/firstComment")) return "first comment";
  if (path.startsWith("/options")) return "options";
  return "channels";
}

/** The variants of a draft with the images that are here. */
export function withMedia(draft: LineDraft, media: { mediaId: string; altText: string }[]) {
  return draft.variants.map(({ channelId, content }) => ({ channelId, content: { ...content, media } }));
}
