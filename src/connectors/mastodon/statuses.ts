import { z } from "zod";
import type { JsonObject } from "#kit";
import { isSuccess, parseAnswer } from "../answers.ts";
import { withLink } from "../checks.ts";
import type {
  ConnectorContext,
  DeliveryInput,
  ItemRef,
  Likeness,
  ListedPost,
  Located,
  LookedFor,
  Plan,
  PlanItem,
  Published,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { likenessOf, showsUploads } from "../likeness.ts";
import { momentText } from "../moment.ts";
import { readAgain } from "../read-again.ts";
import { appName, call, mastodonFailure, platform, send } from "./api.ts";
import { readServerLimits } from "./limits.ts";
import { upload } from "./media.ts";
import { optionText, visibilities } from "./options.ts";
import { rulesOf } from "./rules.ts";
import { plainText } from "./text.ts";

const payloadSchema = z.object({
  status: z.string(),
  mediaIds: z.array(z.string()),
  visibility: z.string().nullable(),
  spoilerText: z.string(),
  sensitive: z.boolean(),
  language: z.string().nullable(),
});
type Payload = z.output<typeof payloadSchema>;

/** Asks the server for its limits, uploads the media, and writes down each status. */
export async function planStatuses(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant } = delivery;
  const { options } = variant;
  await keepToServersLimits(context, delivery);
  const spoilerText = optionText(options["contentWarning"]);
  const comment = variant.firstComment === null ? [] : [variant.firstComment];
  const parts = withLink(variant);
  const texts = [...parts, ...comment];
  const mediaIds: string[] = [];
  for (const file of delivery.media) mediaIds.push(await upload(context, file));
  const items = texts.map((text, index): PlanItem => {
    // Files without a text: the server takes the warning for the text and hides the files, so that is what is read back.
    const isBare = text.trim() === "" && spoilerText !== "";
    const payload: Payload = {
      status: isBare ? spoilerText : text,
      mediaIds: index === 0 ? mediaIds : [],
      visibility: visibilities[optionText(options["visibility"])] ?? null,
      spoilerText: isBare ? "" : spoilerText,
      sensitive: isBare || options["sensitive"] === "Yes",
      language: optionText(options["language"]).toLowerCase() || null,
    };
    return { kind: index === 0 ? "post" : index < parts.length ? "reply" : "comment", payload };
  });
  return { items };
}

/** The same rules as while typing, by what the server says now. */
async function keepToServersLimits(
  context: ConnectorContext,
  { variant, media }: DeliveryInput,
): Promise<void> {
  const [problem] = rulesOf(await serverLimitsNow(context)).validate(variant, media);
  if (!problem) return;
  const { message } = problem;
  throw new ConnectorFailure({ verdict: "rejected", code: "mastodon.server_limit", message });
}

/** Where a server refuses to tell, the limits are those that are known: it may take the post all the same. */
async function serverLimitsNow(context: ConnectorContext): Promise<JsonObject | null> {
  const { accountLimits } = context;
  try {
    const seen = await readServerLimits(context);
    await accountLimits?.note(seen);
    return seen;
  } catch (error) {
    if (!(error instanceof ConnectorFailure) || error.verdict !== "rejected") throw error;
    return accountLimits?.known ?? null;
  }
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
// The account's own timeline has its answers too.
const shows = ["post", "reply", "comment"] as const;

const listedSchema = statusSchema.extend({
  created_at: momentText,
  in_reply_to_id: z.string().nullable(),
  spoiler_text: z.string(),
  content: z.string(),
  media_attachments: z.array(z.object({ id: z.string() })),
  /** Of the author's own statuses; servers leave it out where the person wants so. */
  application: z.object({ name: z.string() }).nullish(),
});
type ListedStatus = z.output<typeof listedSchema>;

/** Reads the account's own statuses back to `from`, to the last page that the server links to. */
export async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  { from, afterLoss }: LookedFor,
): Promise<Located | "unsupported"> {
  if (!context.scopes.includes("read:statuses")) return "unsupported";
  const wanted = payloadSchema.parse(plan.items[item.index]?.payload);
  const parent = parentOf(plan, item);
  const posts: ListedPost[] = [];
  let coversFrom: Date | null = null;
  let below: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const { statuses, isLast } = await readAgain(() => readStatuses(context, below));
    for (const status of statuses) {
      const createdAt = new Date(status.created_at);
      const isForeign = typeof status.application?.name === "string" && status.application.name !== appName;
      const isRecent = createdAt >= from;
      const likeness = await likenessTo(context, status, { wanted, parent, isRecent, afterLoss });
      posts.push({ ...published(status), createdAt, likeness, isForeign });
    }
    if (isLast) return { by: "list", posts, coversFrom: new Date(0), shows };
    const oldest = statuses.at(-1);
    // It names more, and holds nothing to go on from.
    if (!oldest) break;
    // Ids grow with time, so what follows is older than this one.
    coversFrom = new Date(oldest.created_at);
    if (coversFrom < from) break;
    below = oldest.id;
  }
  return { by: "list", posts, coversFrom, shows };
}

/** A page of the account's statuses. A server may give fewer than asked for, so the end is where no next page is linked (RFC 8288). */
async function readStatuses(
  context: ConnectorContext,
  below: string | null,
): Promise<{ statuses: ListedStatus[]; isLast: boolean }> {
  const account = encodeURIComponent(context.accountId.split("/").at(-1) ?? "");
  const after = below === null ? "" : `&max_id=${encodeURIComponent(below)}`;
  const path = `/api/v1/accounts/${account}/statuses?exclude_reblogs=true&limit=${pageSize}${after}`;
  const response = await send(context, "GET", path);
  if (!isSuccess(response)) throw mastodonFailure(response);
  const statuses = parseAnswer(platform, response, z.array(listedSchema));
  return { statuses, isLast: !/;\s*rel="?next"?/iu.test(response.headers["link"] ?? "") };
}

async function likenessTo(
  context: ConnectorContext,
  status: ListedStatus,
  {
    wanted,
    parent,
    isRecent,
    afterLoss,
  }: { wanted: Payload; parent: string | null; isRecent: boolean; afterLoss: boolean },
): Promise<Likeness> {
  const media = status.media_attachments.map(({ id }) => id);
  const sameAround =
    status.in_reply_to_id === parent &&
    status.spoiler_text === wanted.spoilerText &&
    showsUploads(media, wanted.mediaIds, { afterLoss });
  const isSame = isRecent && sameAround && (await saysTheSame(context, status, wanted.status));
  return likenessOf(
    isSame,
    { text: plainText(status.content), media },
    { text: wanted.status, media: wanted.mediaIds },
  );
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
