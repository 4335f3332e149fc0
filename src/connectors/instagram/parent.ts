import { z } from "zod";
import { sameAddress } from "#kit";
import type { ConnectorContext, ItemRef } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { readList } from "../meta-graph/index.ts";
import { platform, reading } from "./platform.ts";

const listedSchema = z.object({ id: z.string(), permalink: z.string().optional() });
const pageSize = 50;

/**
 * The media id of the post that a first comment stands under. Where a person has said that the post is live, only its
 * address is known; no more than the account's list leads from there to the id.
 *
 * @throws ConnectorFailure `instagram.parent_unknown` where the list does not show it
 */
export async function parentIdOf(context: ConnectorContext, item: ItemRef): Promise<string> {
  const { externalId = "", url = null } = item.published[0] ?? {};
  if (externalId !== "") return externalId;
  if (url === null) throw parentUnknown("Nobody has told the address of the post");
  const until = ({ permalink }: z.output<typeof listedSchema>) => isPost(url, permalink ?? null);
  const path = `/${context.accountId}/media`;
  const asked = { path, params: { fields: "id,permalink" }, pageSize, until };
  const { entries } = await readList(platform, context, listedSchema, reading, asked);
  const found = entries.find(until);
  if (!found) throw parentUnknown(`Instagram's list of this account's posts shows none at ${url}`);
  return found.id;
}

/** What people copy says who has shared it, too, and may be `/reel/…` where the permalink is `/p/…`. */
function isPost(address: string, permalink: string | null): boolean {
  const shortcode = shortcodeOf(address);
  return sameAddress(address, permalink) || (shortcode !== null && shortcode === shortcodeOf(permalink));
}

function shortcodeOf(address: string | null): string | null {
  const path = URL.parse(address ?? "")?.pathname ?? "";
  return /^\/(?:[\w.]+\/)?(?:p|reels?|tv)\/([\w-]+)\/?$/.exec(path)?.[1] ?? null;
}

function parentUnknown(why: string): ConnectorFailure {
  return new ConnectorFailure({
    verdict: "rejected",
    code: "instagram.parent_unknown",
    message: `${why}, so the first comment has nothing to stand under. It was not published. Where the post is new, try again in some minutes; otherwise write the comment in Instagram's app, and leave the post as it is.`,
  });
}
