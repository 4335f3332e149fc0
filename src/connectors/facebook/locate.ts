import { z } from "zod";
import { sameAddress } from "#kit";
import type { ConnectorContext, ItemRef, Located, LookedFor, Plan } from "../contract.ts";
import { likenessOf, type Traits, showsUploads } from "../likeness.ts";
import { readList, sameText } from "../meta-graph/index.ts";
import { momentText } from "../moment.ts";
import { platform, reading } from "./platform.ts";
import type { Payload } from "./publish.ts";
import { payloadOf, published } from "./publish.ts";

const targetSchema = z.object({ id: z.string().optional() });
const attachmentSchema = z.object({
  target: targetSchema.optional(),
  unshimmed_url: z.string().optional(),
  subattachments: z.object({ data: z.array(z.object({ target: targetSchema.optional() })) }).optional(),
});
const entrySchema = z.object({
  id: z.string(),
  message: z.string().default(""),
  created_time: momentText,
  from: z.object({ id: z.string() }).optional(),
  attachments: z.object({ data: z.array(attachmentSchema) }).optional(),
});
type Entry = z.output<typeof entrySchema>;

const pageSize = 100;
/** How much earlier than `t_send` a listing begins, so that a late post of an earlier attempt is seen too. */
const earlierMs = 3_600_000;

const postFields =
  "id,message,created_time,attachments{media_type,target{id},unshimmed_url,subattachments{target{id}}}";

/** Reads the Page's posts since an hour before `sentAt` or longer, or the comments under the post. */
export async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  { sentAt, from, afterLoss }: LookedFor,
): Promise<Located> {
  const payload = payloadOf(plan, item);
  const since = new Date(Math.min(sentAt.getTime() - earlierMs, from.getTime()));
  const path =
    payload.type === "comment"
      ? `/${item.published[0]?.externalId ?? ""}/comments`
      : `/${context.accountId}/published_posts`;
  const params: Record<string, string> =
    payload.type === "comment"
      ? { fields: "id,message,created_time,from{id}", filter: "toplevel", order: "reverse_chronological" }
      : { fields: postFields, since: String(Math.floor(since.getTime() / 1000)) };
  const list = await readList(platform, context, entrySchema, reading, { path, params, pageSize });
  const wanted = traitsOf(payload);
  const posts = list.entries.map((entry) => {
    const targets = targetsOf(entry);
    const isSame = equals(entry, payload, { accountId: context.accountId, afterLoss });
    // A video is named by its own id when it is published, and by its post's in the list.
    const id = payload.type === "video" && isSame ? payload.videoId : entry.id;
    const listed = { text: entry.message, media: targets };
    return {
      ...published(context, id),
      aliases: [entry.id, ...targets],
      createdAt: new Date(entry.created_time),
      likeness: likenessOf(isSame, listed, wanted),
      isForeign: payload.type === "comment" && (entry.from?.id ?? context.accountId) !== context.accountId,
    };
  });
  const isComment = payload.type === "comment";
  const end = isComment ? new Date(0) : since;
  return { by: "list", posts, coversFrom: list.isComplete ? end : null, shows: isComment ? [] : ["post"] };
}

function traitsOf(payload: Payload): Traits {
  switch (payload.type) {
    case "video":
      return { text: payload.message, media: [payload.videoId] };
    case "comment":
      return { text: payload.message };
    case "feed":
      return { text: payload.message, link: payload.link, media: payload.photos };
  }
}

/** Ids of the photos and videos that an entry shows. */
function targetsOf({ attachments }: Entry): string[] {
  return (attachments?.data ?? []).flatMap((one) => [
    ...(one.target?.id === undefined ? [] : [one.target.id]),
    ...(one.subattachments?.data ?? []).flatMap((sub) => sub.target?.id ?? []),
  ]);
}

/** Photos and videos were uploaded for this plan alone, so their ids decide. */
function equals(
  entry: Entry,
  payload: Payload,
  { accountId, afterLoss }: { accountId: string; afterLoss: boolean },
): boolean {
  const attachments = entry.attachments?.data ?? [];
  const targets = new Set(targetsOf(entry));
  switch (payload.type) {
    case "video":
      return targets.has(payload.videoId);
    case "comment":
      return sameText(entry.message, payload.message) && (entry.from?.id ?? accountId) === accountId;
    case "feed":
      if (payload.photos.some((id) => targets.has(id))) return true;
      if (payload.photos.length > 0 && !showsUploads([...targets], payload.photos, { afterLoss })) {
        return false;
      }
      return sameText(entry.message, payload.message) && sameLink(attachments, payload.link);
  }
}

/** Without a card to compare, the text alone decides: to take a post for ours is safer than to send it twice. */
function sameLink(attachments: z.output<typeof attachmentSchema>[], link: string | null): boolean {
  const shown = attachments.flatMap((one) => one.unshimmed_url ?? []);
  if (link === null || shown.length === 0) return true;
  return shown.some((address) => sameAddress(withoutSlash(address), withoutSlash(link)));
}

function withoutSlash(address: string): string {
  return address.replace(/\/$/, "");
}
