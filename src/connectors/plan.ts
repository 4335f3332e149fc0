import type { JsonObject, JsonValue } from "#kit";
import type { RecipientAnswer } from "./mail-port.ts";

/** Plain JSON: `items[i]` is what `commit` sends as item i, in this order. */
export type Plan = { items: PlanItem[] };

export type PlanItem = {
  kind: "post" | "reply" | "comment";
  payload: JsonValue;
};

export type ItemRef = {
  index: number;
  /** Stable per (delivery, item): the idempotency key where the platform takes one. */
  key: string;
  /** What items before this one became; a reply needs its parent. */
  published: Published[];
  /** The recipients that an earlier attempt at this item left over; all of them where there is none. */
  only?: string[];
};

/**
 * What the platform calls the published thing. `url` is where people see it; null where there is no page. With
 * `by_lookup` the `externalId` of one that a person said to be live is "".
 */
export type Published = {
  externalId: string;
  url: string | null;
  data: JsonObject;
  /** Recipients that were refused for good, while others have it. */
  refused?: RecipientAnswer[];
  /** Recipients that were put off: an attempt of their own follows, for them alone. */
  deferred?: RecipientAnswer[];
};
