import { z } from "zod";
import type { Problem } from "#kit";
import { isSuccess, parseAnswer, refusalOf } from "../answers.ts";
import { beforeAnyByte } from "../before-any-byte.ts";
import { commonProblems, withLink } from "../checks.ts";
import type { Connector, ConnectorContext, ItemRef, Limits, Plan, Published } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { countGraphemes } from "../text/graphemes.ts";
import { locate } from "./locate.ts";
import { planRecords, published, recordKey, recordOf } from "./record.ts";
import { collection } from "./reference.ts";
import { blueskyForm } from "./session.ts";
import { call, platform, readCredentials, send, xrpcFailure } from "./xrpc.ts";

// The lexicons app.bsky.feed.post and app.bsky.embed.images; alt text has no limit there, but the app stops at 2000.
const limits: Limits = {
  textLength: 300,
  textUnit: "graphemes",
  maxParts: 25,
  maxMedia: 4,
  maxMediaBytes: 1_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/webp"],
  video: null,
  document: null,
  altTextLength: 2000,
  firstComment: true,
};
const mostTextBytes = 3000;

const settingsSchema = z.object({
  deadlineMs: z.int().positive().default(20_000),
  windowMs: z.int().positive().default(120_000),
});

/**
 * Bluesky, and any other server of the AT Protocol. We choose the record key, so writing the same item
 * twice writes one record, and reading that key back is proof.
 */
export const bluesky: Connector = {
  id: "bluesky",
  name: "Bluesky",
  summary: "Posts, threads and images on Bluesky, with an app password.",
  connect: blueskyForm,
  limits,
  accountLimits: null,
  options: [],

  target(context) {
    const { service } = readCredentials(context);
    const { accountId } = context;
    return { facts: { service: service.toLowerCase(), accountId }, words: `${accountId} on ${service}` };
  },
  settling: ({ settings }) => settingsSchema.parse(settings),
  measure: countGraphemes,
  compose: withLink,
  validate(variant, media) {
    const texts = [...withLink(variant), ...(variant.firstComment === null ? [] : [variant.firstComment])];
    const heavy = texts.flatMap((text, index): Problem[] => {
      if (Buffer.byteLength(text) <= mostTextBytes) return [];
      const path = index < variant.parts.length ? `/parts/${index}` : "/firstComment";
      const message = `Bluesky takes at most ${mostTextBytes} bytes of text; this has ${Buffer.byteLength(text)}.`;
      return [{ path, code: "bluesky.too_many_bytes", message }];
    });
    return [...commonProblems(bluesky, variant, media), ...heavy];
  },
  price: () => null,
  quotas: () => [],
  apiVersion: null,
  // An address may hold the handle, and what answers a record names its content's hash besides.
  externalIdOf: "by_lookup",
  inspect: null,
  prepare: planRecords,
  commit,
  locate,

  async probe(context) {
    const schema = z.object({ did: z.string(), handle: z.string() });
    const { did, handle } = await call(context, schema, "com.atproto.server.getSession");
    return {
      accountId: did,
      handle: `@${handle}`,
      displayName: handle,
      avatarUrl: null,
      profileUrl: `https://bsky.app/profile/${did}`,
    };
  },
};

const written = z.object({ uri: z.string(), cid: z.string() });

async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const { service, accessJwt } = readCredentials(context);
  const rkey = recordKey(plan, item);
  const record = z.json().parse(await beforeAnyByte(() => recordOf(context, plan, item)));
  const response = await send(context, { service, token: accessJwt }, "com.atproto.repo.putRecord", {
    // With `swapRecord: null` it writes only where nothing is; the very same record again is no error.
    json: { repo: context.accountId, collection, rkey, record, swapRecord: null },
  });
  if (isSuccess(response)) {
    const { uri, cid } = parseAnswer(platform, response, written);
    return published(context, rkey, uri, cid);
  }
  if (response.status === 400 && refusalOf(response).error === "InvalidSwap") {
    throw new ConnectorFailure({
      verdict: "rejected",
      code: "bluesky.key_taken",
      message: "Another record already stands under this post's key, so nothing was written.",
      evidence: "400 InvalidSwap",
    });
  }
  throw xrpcFailure(response);
}
