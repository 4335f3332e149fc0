import { z } from "zod";
import type {
  ConnectorContext,
  ItemRef,
  ListedPost,
  Located,
  LocatedInList,
  LookedFor,
  Plan,
} from "../contract.ts";
import { likenessOf, type Traits } from "../likeness.ts";
import { isMoment } from "../moment.ts";
import { readAgain } from "../read-again.ts";
import { plannedRecord, published, recordKey } from "./record.ts";
import { collection, readRecord } from "./reference.ts";
import { timeOfTid } from "./tid.ts";
import { call } from "./xrpc.ts";

/**
 * Reads the record under the item's key. Other deliveries have other keys, so that after a loss, in which the same post
 * may have been ordered anew, the account's list is read as well.
 */
export async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  lookedFor: LookedFor,
): Promise<Located> {
  const rkey = recordKey(plan, item);
  const found = await readRecord(context, rkey);
  if (found?.value.text === plannedRecord(plan, item).text) {
    const { uri, cid } = found;
    return {
      by: "key",
      posts: [{ ...published(context, rkey, uri, cid), createdAt: lookedFor.sentAt }],
    };
  }
  return lookedFor.afterLoss ? locateInList(context, plan, item, lookedFor) : { by: "key", posts: [] };
}

// Other people's programs write records too, so what this does not know in one is passed over.
const valueSchema = z.looseObject({
  text: z.string().catch(""),
  createdAt: z.string().catch(""),
  /** The name of what it answers. */
  reply: z
    .object({ parent: z.object({ uri: z.string() }) })
    .transform(({ parent }) => parent.uri)
    .optional()
    .catch(undefined),
  embed: z
    .object({
      images: z.array(z.object({ image: z.object({ ref: z.object({ $link: z.string() }) }) })).default([]),
    })
    .optional()
    .catch(undefined),
});
type Value = z.output<typeof valueSchema>;

const pageSchema = z.object({
  cursor: z.string().optional(),
  records: z.array(z.object({ uri: z.string(), cid: z.string(), value: valueSchema })),
});
type Page = z.output<typeof pageSchema>;

const pageSize = 100;
const mostPages = 25;
/** Keys are made of the time when a post is due, which may be some time before it is sent. */
const earlierMs = 3_600_000;
const shows = ["post", "reply", "comment"] as const;

/** Reads the account's records by their keys, the newest first (com.atproto.repo.listRecords). */
async function locateInList(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  { sentAt, from }: LookedFor,
): Promise<LocatedInList> {
  const wanted = valueSchema.parse(plannedRecord(plan, item));
  const parent = parentOf(plan, item);
  const since = new Date(Math.min(sentAt.getTime() - earlierMs, from.getTime()));
  const posts: ListedPost[] = [];
  let coversFrom: Date | null = null;
  let last: string | null = null;
  let cursor: string | undefined;
  for (let count = 0; count < mostPages; count += 1) {
    const after = cursor;
    const page: Page = await readAgain(() => readPage(context, after));
    for (const { uri, cid, value } of page.records) {
      const rkey: string = uri.split("/").at(-1) ?? "";
      // A list in another order, or one that begins again, is not whole.
      if (last !== null && rkey >= last) return { by: "list", posts, coversFrom: null, shows };
      last = rkey;
      const keyedAt = timeOfTid(rkey);
      coversFrom = keyedAt ?? coversFrom;
      const isSame = value.text === wanted.text && answers(value, parent) && sameImages(value, wanted);
      posts.push({
        ...published(context, rkey, uri, cid),
        createdAt: keyedAt ?? timeOf(value) ?? sentAt,
        likeness: likenessOf(isSame, traitsOf(value), traitsOf(wanted)),
      });
    }
    if (page.cursor === undefined) return { by: "list", posts, coversFrom: new Date(0), shows };
    if (coversFrom !== null && coversFrom < since) break;
    ({ cursor } = page);
  }
  return { by: "list", posts, coversFrom, shows };
}

function readPage(context: ConnectorContext, cursor: string | undefined): Promise<Page> {
  const query = new URLSearchParams({
    repo: context.accountId,
    collection,
    limit: String(pageSize),
    ...(cursor === undefined ? {} : { cursor }),
  });
  return call(context, pageSchema, `com.atproto.repo.listRecords?${query.toString()}`);
}

/** The URI that an item answers: null where it answers nothing, "" where only its address is known. */
function parentOf(plan: Plan, item: ItemRef): string | null {
  const kind = plan.items[item.index]?.kind;
  if (kind === "post") return null;
  return (kind === "comment" ? item.published[0] : item.published[item.index - 1])?.externalId ?? "";
}

function answers({ reply }: Value, parent: string | null): boolean {
  if (reply === undefined || parent === null) return reply === undefined && parent === null;
  return parent === "" || reply === parent;
}

/** A file has the same name each time, for it is named by its bytes. */
function imagesOf({ embed }: Value): string[] {
  return embed?.images.map(({ image }) => image.ref.$link) ?? [];
}

function sameImages(left: Value, right: Value): boolean {
  return imagesOf(left).join() === imagesOf(right).join();
}

function traitsOf(value: Value): Traits {
  return { text: value.text, media: imagesOf(value) };
}

function timeOf({ createdAt }: Value): Date | null {
  const told = Date.parse(createdAt);
  return isMoment(told) ? new Date(told) : null;
}
