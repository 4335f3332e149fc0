import type { JsonObject } from "#kit";
import { z } from "zod";
import { withLink } from "../checks.ts";
import type {
  ConnectorContext,
  DeliveryInput,
  ItemRef,
  Located,
  Plan,
  PlanItem,
  Published,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { isSuccess, parseAnswer } from "../answers.ts";
import { call, mastodonFailure, platform, send } from "./api.ts";
import { upload } from "./media.ts";
import { plainText, statusLength } from "./text.ts";

export const visibilities: Record<string, string> = {
  Public: "public",
  "Quiet public": "unlisted",
  Followers: "private",
};

const payloadSchema = z.object({
  status: z.string(),
  mediaIds: z.array(z.string()),
  visibility: z.string().nullable(),
  spoilerText: z.string(),
  sensitive: z.boolean(),
  language: z.string().nullable(),
});
type Payload = z.output<typeof payloadSchema>;

const instanceSchema = z.object({
  configuration: z.object({
    statuses: z
      .object({
        max_characters: z.int(),
        max_media_attachments: z.int(),
        characters_reserved_per_url: z.int(),
      })
      .partial(),
    media_attachments: z
      .object({
        supported_mime_types: z.array(z.string()),
        description_limit: z.int(),
        image_size_limit: z.int(),
        video_size_limit: z.int(),
      })
      .partial()
      .default({}),
  }),
});

/** Asks the server for its limits, uploads the media, and writes down each status. */
export async function planStatuses(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant } = delivery;
  const { options } = variant;
  const spoilerText = textOf(options["contentWarning"]);
  const comment = variant.firstComment === null ? [] : [variant.firstComment];
  const parts = withLink(variant);
  const texts = [...parts, ...comment];
  await keepToServersLimits(context, texts, spoilerText, delivery);
  const mediaIds: string[] = [];
  for (const file of delivery.media) mediaIds.push(await upload(context, file));
  const items = texts.map((status, index): PlanItem => {
    const payload: Payload = {
      status,
      mediaIds: index === 0 ? mediaIds : [],
      visibility: visibilities[textOf(options["visibility"])] ?? null,
      spoilerText,
      sensitive: options["sensitive"] === "Yes",
      language: textOf(options["language"]).toLowerCase() || null,
    };
    return { kind: index === 0 ? "post" : index < parts.length ? "reply" : "comment", payload };
  });
  return { items };
}

async function keepToServersLimits(
  context: ConnectorContext,
  texts: string[],
  spoilerText: string,
  { media }: DeliveryInput,
): Promise<void> {
  const { configuration } = await call(context, instanceSchema, "GET", "/api/v2/instance");
  const { max_characters: most = 500, max_media_attachments: files = 4 } = configuration.statuses;
  const perUrl = configuration.statuses.characters_reserved_per_url;
  const longest = Math.max(...texts.map((text) => statusLength(text, spoilerText, perUrl)));
  if (longest > most) {
    throw tooMuch(`This server takes ${most} characters at most; a part of this post has ${longest}.`);
  }
  if (media.length > files) throw tooMuch(`This server takes ${files} files at most.`);
  for (const file of media) keepToFileLimits(file, configuration.media_attachments);
}

/** https://docs.joinmastodon.org/entities/Instance/#media_attachments; what a server does not name it does not limit. */
function keepToFileLimits(
  { mimeType, bytes, altText }: DeliveryInput["media"][number],
  limits: z.output<typeof instanceSchema>["configuration"]["media_attachments"],
): void {
  const { supported_mime_types: types, description_limit: description } = limits;
  if (types && !types.includes(mimeType)) throw tooMuch(`This server takes no ${mimeType}.`);
  const size = mimeType.startsWith("video/") ? limits.video_size_limit : limits.image_size_limit;
  if (size !== undefined && bytes > size) {
    throw tooMuch(`This server takes files of ${size} bytes at most; one of this post has ${bytes}.`);
  }
  const length = Array.from(altText).length;
  if (description !== undefined && length > description) {
    throw tooMuch(`This server takes ${description} characters of description; one here has ${length}.`);
  }
}

function tooMuch(message: string): ConnectorFailure {
  return new ConnectorFailure({ verdict: "rejected", code: "mastodon.server_limit", message });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

/** The status that an item answers: a thread goes on from its last part, a comment answers the first. */
function parentOf(plan: Plan, item: ItemRef): string | null {
  const kind = plan.items[item.index]?.kind;
  if (kind === "post") return null;
  const parent = kind === "comment" ? item.published[0] : item.published[item.index - 1];
  if (!parent) throw new RangeError(`item ${item.index} answers a status that does not stand yet`);
  return parent.externalId;
}

const statusSchema = z.object({ id: z.string(), url: z.string().nullable(), uri: z.string() });

/** The server remembers the key for about an hour and answers with what stands under it. */
export async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const payload = payloadSchema.parse(plan.items[item.index]?.payload);
  const parent = parentOf(plan, item);
  const body: JsonObject = {
    status: payload.status,
    ...(payload.mediaIds.length === 0 ? {} : { media_ids: payload.mediaIds }),
    ...(parent === null ? {} : { in_reply_to_id: parent }),
    ...(payload.visibility === null ? {} : { visibility: payload.visibility }),
    ...(payload.spoilerText === "" ? {} : { spoiler_text: payload.spoilerText }),
    ...(payload.sensitive ? { sensitive: true } : {}),
    ...(payload.language === null ? {} : { language: payload.language }),
  };
  const headers = { "idempotency-key": item.key };
  return published(await call(context, statusSchema, "POST", "/api/v1/statuses", { headers, body }));
}

function published({ id, url, uri }: z.output<typeof statusSchema>): Published {
  return { externalId: id, url: url ?? uri, data: {} };
}

const pageSize = 40;
const mostPages = 25;
// Behind the moment of sending, for a server's clock that is behind ours.
const lookBackMs = 600_000;

const listedSchema = statusSchema.extend({
  created_at: z.iso.datetime({ offset: true }),
  in_reply_to_id: z.string().nullable(),
  spoiler_text: z.string(),
  content: z.string(),
  media_attachments: z.array(z.object({ id: z.string() })),
});

/** Reads the account's own statuses back to ten minutes before the item was sent. */
export async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  sentAt: Date,
): Promise<Located | "unsupported"> {
  if (!context.scopes.includes("read:statuses")) return "unsupported";
  const wanted = payloadSchema.parse(plan.items[item.index]?.payload);
  const parent = parentOf(plan, item);
  const account = encodeURIComponent(context.accountId.split("/").at(-1) ?? "");
  const since = sentAt.getTime() - lookBackMs;
  const matches: Located["matches"] = [];
  let coversFrom: Date | null = null;
  let below: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const after: string = below === null ? "" : `&max_id=${encodeURIComponent(below)}`;
    const path = `/api/v1/accounts/${account}/statuses?exclude_reblogs=true&limit=${pageSize}${after}`;
    const statuses = await call(context, z.array(listedSchema), "GET", path);
    for (const status of statuses) {
      const createdAt = new Date(status.created_at);
      if (createdAt.getTime() < since) continue;
      if (status.in_reply_to_id !== parent || status.spoiler_text !== wanted.spoilerText) continue;
      if (status.media_attachments.map(({ id }) => id).join() !== wanted.mediaIds.join()) continue;
      if (!(await saysTheSame(context, status, wanted.status))) continue;
      matches.push({ ...published(status), createdAt });
    }
    const oldest = statuses.at(-1);
    if (!oldest || statuses.length < pageSize) {
      coversFrom = new Date(0);
      break;
    }
    // Ids grow with time, so what follows is older than this one.
    coversFrom = new Date(oldest.created_at);
    if (coversFrom.getTime() < since) break;
    below = oldest.id;
  }
  matches.sort((left, right) => right.createdAt.getTime() - left.createdAt.getTime());
  return { matches, coversFrom };
}

/** By the text as it was sent; servers before 3.5 give none, so their HTML is read. */
async function saysTheSame(
  context: ConnectorContext,
  status: { id: string; content: string },
  wanted: string,
): Promise<boolean> {
  const response = await send(context, "GET", `/api/v1/statuses/${encodeURIComponent(status.id)}/source`);
  if (response.status === 404) return plainText(status.content) === squeezed(wanted);
  if (!isSuccess(response)) throw mastodonFailure(response);
  const { text } = parseAnswer(platform, response, z.object({ text: z.string() }));
  return squeezed(text) === squeezed(wanted);
}

function squeezed(text: string): string {
  return text.normalize("NFC").replaceAll(/\s+/g, " ").trim();
}
