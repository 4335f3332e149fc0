import { z } from "zod";
import { instant, pageOf, pageQuery } from "#platform/wire";
import { doubtReasons } from "../model/doubt.ts";
import { attemptStates, type DeliveryState, deliveryStates } from "../model/state.ts";

const itemKind = z.enum(["post", "reply", "comment"]);

const recipientAnswer = z.object({ address: z.string(), code: z.string(), message: z.string() });

const doubt = z.object({
  reason: z.enum(doubtReasons),
  message: z.string(),
  coversFrom: instant
    .nullable()
    .describe("How far back the platform's list was whole; the epoch where it was read to its end."),
  seen: z
    .array(
      z.object({
        url: z.string().nullable().describe("Always of http or https."),
        externalId: z.string().optional().describe("As the platform names it."),
        createdAt: instant.nullable(),
        likeness: z.enum(["same", "similar"]),
      }),
    )
    .describe("Posts that may be it and that Galley knows of no other post for; the likeliest first."),
});

const secondCopy = z.object({
  id: z.uuid(),
  item: z.int(),
  url: z.string().nullable().describe("Always of http or https."),
  ownUrl: z.string().nullable().describe("Where the item is that Galley knows of."),
  createdAt: instant,
  foundAt: instant,
  acknowledgedAt: instant.nullable().describe("When a person said that it is settled."),
});

const attempt = z.object({
  item: z.int(),
  number: z.int(),
  state: z.enum(attemptStates),
  intentAt: instant.describe("The first byte left at or after this moment."),
  settledAt: instant.nullable(),
  settledBy: z
    .enum(["answer", "located", "person"])
    .nullable()
    .describe("The platform's answer, reading it back, or a person."),
  looks: z.int().describe("How often the platform was read back for it."),
  lookedAt: instant.nullable().describe("When the last list was asked for that did not show it."),
  doubt: doubt
    .nullable()
    .describe("Why nothing that was read back has proven anything yet; null once it is settled."),
  externalUrl: z.string().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  refused: z.array(recipientAnswer).describe("Recipients that were refused for good while others have it."),
  deferred: z
    .array(recipientAnswer)
    .describe("Recipients that were put off: the next attempt is theirs alone."),
});

export const delivery = z.object({
  id: z.uuid(),
  postId: z.uuid(),
  postTitle: z.string(),
  channel: z.object({
    id: z.uuid(),
    connector: z.string(),
    handle: z.string(),
    displayName: z.string(),
  }),
  state: z.enum(deliveryStates),
  dueAt: instant,
  wakeAt: instant.describe("When Galley next looks at it."),
  items: z.array(z.object({ index: z.int(), kind: itemKind, state: z.enum(["waiting", ...attemptStates]) })),
  attempts: z.array(attempt),
  mayBeLive: z
    .boolean()
    .describe(
      "Something of it may be live that Galley does not know of, so that sending it again may make a second copy.",
    ),
  externalUrl: z.string().nullable(),
  waiting: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe("Why it is held back although nothing failed: a quota, a pause."),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  secondCopies: z
    .array(secondCopy)
    .describe("Equal posts that came up after their absence was believed and the item was sent again."),
});

export const stuckList = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      postId: z.uuid(),
      postTitle: z.string(),
      state: z.enum(deliveryStates),
      since: instant,
    }),
  ),
});
export const deliveryList = z.object({ items: z.array(delivery) });
export const deliveryPage = pageOf(delivery);

export const deliveriesQuery = pageQuery.extend({
  state: z
    .string()
    .max(200)
    .default("needs_human,needs_reconnect,missed,rejected")
    .describe("States, separated by commas."),
  secondCopy: z
    .stringbool()
    .default(false)
    .describe("Instead, those of which a second copy is out that nobody has acknowledged."),
});

/** The states that a query names; null where one of them does not exist. */
export function statesOf(list: string): DeliveryState[] | null {
  const names = list.split(",").map((name) => name.trim());
  const states = names.flatMap((name) => deliveryStates.filter((state) => state === name));
  return states.length === names.length ? states : null;
}

export const resolveBody = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("live"),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .nullable()
      .describe("Where the post is; null for what has no page, such as a mail."),
    rest: z
      .enum(["send", "leave"])
      .default("send")
      .describe("Of a part of a thread: whether what follows is sent, or given up for good."),
  }),
  z.object({ outcome: z.literal("absent") }),
]);
