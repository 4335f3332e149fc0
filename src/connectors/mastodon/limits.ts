import { z } from "zod";
import type { JsonObject } from "#kit";
import { isSuccess, parseAnswer } from "../answers.ts";
import type { ConnectorContext, Limits } from "../contract.ts";
import { mastodonFailure, platform, readCredentials, send } from "./api.ts";

// The defaults of Mastodon's own code, for a server that has not been asked yet.
const usual: Limits = {
  textLength: 500,
  textUnit: "characters",
  maxParts: 25,
  maxMedia: 4,
  maxMediaBytes: 16_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/webp", "image/gif"],
  // Servers before 4.2 take no more.
  video: {
    mediaTypes: ["video/mp4", "video/quicktime"],
    maxBytes: 40_000_000,
    maxMs: 3_600_000,
    describes: true,
  },
  document: null,
  altTextLength: 1500,
  firstComment: true,
};
const sendable = [...usual.mediaTypes, ...(usual.video?.mediaTypes ?? [])];

/** A file goes up in one request, which is held in memory. As much as a server takes that nobody has changed. */
const mostBytes = 104_857_600;

/**
 * What a server says of itself, as it is kept with the channel. What is no sensible number says nothing, and what is
 * more than a post of Galley holds is as much as one holds.
 */
const serverLimits = z.object({
  /** Its name, for people: "mastodon.example". */
  server: z.string().max(300).optional().catch(undefined),
  characters: count(100_000),
  charactersPerUrl: z.int().positive().max(1_000).optional().catch(undefined),
  files: count(50),
  descriptionCharacters: count(10_000),
  imageBytes: count(mostBytes),
  videoBytes: count(mostBytes),
  /** Of those that Galley sends. */
  mimeTypes: z
    .array(z.string())
    .transform((types) => sendable.filter((type) => types.includes(type)))
    .refine((types) => types.length > 0)
    .optional()
    .catch(undefined),
});
export type ServerLimits = z.output<typeof serverLimits>;

function count(most: number) {
  return z
    .int()
    .positive()
    .transform((number) => Math.min(number, most))
    .optional()
    .catch(undefined);
}

const anything = z.record(z.string(), z.unknown()).catch({});
const configuration = z.object({ statuses: anything, media_attachments: anything });
const instanceSchema = z.object({ configuration });
// Servers before 3.4.2 tell nothing.
const formerInstanceSchema = z.object({ configuration: configuration.optional().catch(undefined) });

/**
 * What the account's server takes, by `configuration` of https://docs.joinmastodon.org/entities/Instance/#configuration
 * and, on servers before 4.0, of https://docs.joinmastodon.org/entities/V1_Instance/#configuration.
 */
export async function readServerLimits(context: ConnectorContext): Promise<JsonObject> {
  const { statuses, media_attachments: media } = (await askInstance(context)) ?? {};
  const told = {
    server: new URL(readCredentials(context).server).host,
    characters: statuses?.["max_characters"],
    charactersPerUrl: statuses?.["characters_reserved_per_url"],
    files: statuses?.["max_media_attachments"],
    descriptionCharacters: media?.["description_limit"],
    imageBytes: media?.["image_size_limit"],
    videoBytes: media?.["video_size_limit"],
    mimeTypes: media?.["supported_mime_types"],
  };
  const known = Object.entries(serverLimits.parse(told));
  return Object.fromEntries(known.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

async function askInstance(context: ConnectorContext) {
  const response = await send(context, "GET", "/api/v2/instance");
  if (response.status !== 404) {
    if (!isSuccess(response)) throw mastodonFailure(response);
    return parseAnswer(platform, response, instanceSchema).configuration;
  }
  const former = await send(context, "GET", "/api/v1/instance");
  if (!isSuccess(former)) throw mastodonFailure(former);
  return parseAnswer(platform, former, formerInstanceSchema).configuration;
}

/** What was kept with a channel, by whichever version of Galley. */
export function parseServerLimits(kept: JsonObject | null): ServerLimits {
  return serverLimits.parse(kept ?? {});
}

/** The limits of a server, and for all that it does not name those of Mastodon's own code. */
export function limitsOf(server: ServerLimits): Limits {
  const { mimeTypes = sendable, imageBytes, videoBytes } = server;
  const mediaTypes = usual.mediaTypes.filter((type) => mimeTypes.includes(type));
  const videoTypes = usual.video?.mediaTypes.filter((type) => mimeTypes.includes(type)) ?? [];
  return {
    ...usual,
    textLength: server.characters ?? usual.textLength,
    maxMedia: mediaTypes.length === 0 ? 0 : (server.files ?? usual.maxMedia),
    maxMediaBytes: below(imageBytes) ?? usual.maxMediaBytes,
    mediaTypes,
    video:
      usual.video === null || videoTypes.length === 0
        ? null
        : { ...usual.video, mediaTypes: videoTypes, maxBytes: below(videoBytes) ?? usual.video.maxBytes },
    altTextLength: server.descriptionCharacters ?? usual.altTextLength,
  };
}

/** A file of the very size that the server names is refused: its code wants less than that. */
function below(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes - 1;
}
