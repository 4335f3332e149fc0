import { z } from "zod";
import { isSuccess, parseAnswer, refusalOf } from "../answers.ts";
import type { ConnectorContext, Published } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { platform, readCredentials, send, xrpcFailure } from "./xrpc.ts";

export const collection = "app.bsky.feed.post";

const storedSchema = z.object({
  uri: z.string(),
  cid: z.string(),
  value: z.looseObject({ text: z.string() }),
});

/** What stands under this key among the account's posts; null where nothing does. */
export async function readRecord(
  context: ConnectorContext,
  rkey: string,
): Promise<z.output<typeof storedSchema> | null> {
  const { service, accessJwt } = readCredentials(context);
  const query = new URLSearchParams({ repo: context.accountId, collection, rkey });
  const method = `com.atproto.repo.getRecord?${query.toString()}`;
  const response = await send(context, { service, token: accessJwt }, method);
  if (response.status === 400 && refusalOf(response).error === "RecordNotFound") return null;
  if (!isSuccess(response)) throw xrpcFailure(response);
  return parseAnswer(platform, response, storedSchema);
}

const knownSchema = z.object({ externalId: z.string().min(1), data: z.looseObject({ cid: z.string() }) });

/**
 * How a record names a post that it answers. Where a person has said that the post is live, only its address is known,
 * and the account's repository is asked for the rest.
 *
 * @throws ConnectorFailure `bluesky.parent_unknown` where the account has no such post
 */
export async function referenceTo(
  context: ConnectorContext,
  post: Published | undefined,
): Promise<{ uri: string; cid: string }> {
  const known = knownSchema.safeParse(post);
  if (known.success) return { uri: known.data.externalId, cid: known.data.data.cid };
  const rkey = /\/post\/([\w.~:-]+)\/?$/.exec(URL.parse(post?.url ?? "")?.pathname ?? "")?.[1];
  const found = rkey === undefined ? null : await readRecord(context, rkey);
  if (found !== null) return { uri: found.uri, cid: found.cid };
  throw new ConnectorFailure({
    verdict: "rejected",
    code: "bluesky.parent_unknown",
    message: `Bluesky has no post of this account at ${post?.url ?? "an address that anybody has told"}, so what answers it has nothing to stand under. It was not published. Write it in Bluesky's app, and leave the post as it is.`,
  });
}
