import { sameAddress } from "#kit";
import { z } from "zod";
import type { ConnectorContext, ItemRef, Located, Plan } from "../contract.ts";
import { readList, sameText } from "../meta-graph/index.ts";
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
  created_time: z.string(),
  from: z.object({ id: z.string() }).optional(),
  attachments: z.object({ data: z.array(attachmentSchema) }).optional(),
});
type Entry = z.output<typeof entrySchema>;

const pageSize = 100;
/** How much earlier than `t_send` a listing begins, so that a late post of an earlier attempt is seen too. */
const earlierMs = 3_600_000;

const postFields =
  "id,message,created_time,attachments{media_type,target{id},unshimmed_url,subattachments{target{id}}}";

/** Reads the Page's posts, or the comments under the post, since a little before `sentAt`. */
export async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  sentAt: Date,
): Promise<Located> {
  const payload = payloadOf(plan, item);
  const since = new Date(sentAt.getTime() - earlierMs);
  const path =
    payload.type === "comment"
      ? `/${item.published[0]?.externalId ?? ""}/comments`
      : `/${context.accountId}/published_posts`;
  const params: Record<string, string> =
    payload.type === "comment"
      ? { fields: "id,message,created_time,from{id}", filter: "toplevel", order: "reverse_chronological" }
      : { fields: postFields, since: String(Math.floor(since.getTime() / 1000)) };
  const list = await readList(platform, context, entrySchema, reading, { path, params, pageSize });
  const matches = list.entries
    .filter((entry) => equals(entry, payload, context.accountId))
    .map((entry) => {
      const id = payload.type === "video" ? payload.videoId : entry.id;
      return { ...published(context, id), createdAt: new Date(entry.created_time) };
    })
    .toSorted((left, right) => right.createdAt.getTime() - left.createdAt.getTime());
  if (!list.isComplete) return { matches, coversFrom: null };
  return { matches, coversFrom: payload.type === "comment" ? new Date(0) : since };
}

/** Photos and videos were uploaded for this plan alone, so their ids decide. */
function equals(entry: Entry, payload: Payload, accountId: string): boolean {
  const attachments = entry.attachments?.data ?? [];
  const targets = new Set(
    attachments.flatMap((one) => [
      one.target?.id,
      ...(one.subattachments?.data ?? []).map((sub) => sub.target?.id),
    ]),
  );
  switch (payload.type) {
    case "video":
      return targets.has(payload.videoId);
    case "comment":
      return sameText(entry.message, payload.message) && (entry.from?.id ?? accountId) === accountId;
    case "feed":
      if (payload.photos.length > 0) return payload.photos.some((id) => targets.has(id));
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
