import { z } from "zod";
import type { JsonValue } from "#kit";
import { isSuccess, parseAnswer } from "../answers.ts";
import type { ConnectorContext, ItemRef, Plan, Published } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { addressOf, commentAddressOf } from "./addresses.ts";
import { linkedInFailure, send } from "./api.ts";
import { requireReady } from "./media.ts";
import type { PlannedPost } from "./post.ts";
import { mediaIn, postSchema } from "./post.ts";
import { platform } from "./settings.ts";

const commentSchema = z.object({ actor: z.string(), text: z.string() });

/** What an item of the plan sends, and where. */
export type Planned =
  | { kind: "post"; post: PlannedPost; body: JsonValue }
  | { kind: "comment"; actor: string; text: string; object: string };

export function plannedAt(plan: Plan, item: ItemRef): Planned {
  const planned = plan.items[item.index];
  if (!planned) throw new RangeError(`the plan has no item ${item.index}`);
  if (planned.kind === "post") {
    return { kind: "post", post: postSchema.parse(planned.payload), body: planned.payload };
  }
  const object = item.published[0]?.externalId;
  if (object === undefined) throw new RangeError("a comment needs the post that it answers");
  return { kind: "comment", ...commentSchema.parse(planned.payload), object };
}

export async function commitItem(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const planned = plannedAt(plan, item);
  if (planned.kind === "comment") return commitComment(context, planned);
  await requireReady(context, mediaIn(planned.post));
  const response = await send(context, {
    method: "POST",
    path: "/rest/posts",
    json: planned.body,
  });
  if (!isSuccess(response)) throw linkedInFailure(context, response);
  const urn = postUrn.exec(response.headers["x-restli-id"] ?? "")?.[0];
  if (urn === undefined) throw unnamed("post", response.status);
  return { externalId: urn, url: addressOf(context.settings, urn), data: {} };
}

const postUrn = /^urn:li:(?:share|ugcPost):\d+$/;
const created = z.object({ id: z.string().optional(), commentUrn: z.string().optional() });

async function commitComment(
  context: ConnectorContext,
  { actor, text, object }: Extract<Planned, { kind: "comment" }>,
): Promise<Published> {
  const response = await send(context, {
    method: "POST",
    path: `/rest/socialActions/${encodeURIComponent(object)}/comments`,
    json: { actor, object, message: { text } },
  });
  if (!isSuccess(response)) throw linkedInFailure(context, response);
  const { id = response.headers["x-restli-id"], commentUrn } = parseAnswer(platform, response, created);
  if (commentUrn === undefined && id === undefined) throw unnamed("comment", response.status);
  const urn = commentUrn ?? `urn:li:comment:(${object},${id ?? ""})`;
  return { externalId: urn, url: commentAddressOf(context.settings, object, urn), data: {} };
}

function unnamed(what: string, status: number): ConnectorFailure {
  return new ConnectorFailure({
    verdict: "unknown",
    code: "linkedin.unreadable_answer",
    message: `LinkedIn seems to have taken the ${what}, but did not name it.`,
    evidence: `${status} without x-restli-id`,
  });
}
