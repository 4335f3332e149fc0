import { z } from "zod";

/** What the commands read of the API's answers. Everything else is passed on with --json as it came. */

export const channelSchema = z.looseObject({
  id: z.string(),
  connector: z.string(),
  handle: z.string(),
  status: z.string(),
  statusReason: z.string().nullable(),
});
export type Channel = z.output<typeof channelSchema>;
export const channelListSchema = z.object({ items: z.array(channelSchema) });

const contentSchema = z.looseObject({
  parts: z.array(z.string()),
  link: z.string().nullable(),
  media: z.array(z.looseObject({ altText: z.string() })),
  firstComment: z.string().nullable(),
  options: z.record(z.string(), z.string()),
});

const postSummarySchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  status: z.string(),
  version: z.number(),
  channels: z.array(z.looseObject({ connector: z.string(), handle: z.string() })),
  scheduled: z.looseObject({ wall: z.string(), zone: z.string(), at: z.string() }).nullable(),
});

export const postSchema = postSummarySchema.extend({
  boundHash: z.string(),
  undoUntil: z.string().nullable(),
  variants: z.array(
    z.looseObject({
      channelId: z.string(),
      connector: z.string(),
      handle: z.string(),
      content: contentSchema,
    }),
  ),
  checks: z.array(
    z.looseObject({
      channelId: z.string(),
      problems: z.array(z.looseObject({ message: z.string(), severity: z.string().optional() })),
    }),
  ),
});
export type Post = z.output<typeof postSchema>;

export const postPageSchema = z.object({ items: z.array(postSummarySchema), next: z.string().nullable() });

export const deliverySchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  channel: z.looseObject({ id: z.string(), connector: z.string(), handle: z.string() }),
  mayBeLive: z.boolean(),
  externalUrl: z.string().nullable(),
  error: z.looseObject({ message: z.string() }).nullable(),
  attempts: z.array(
    z.looseObject({
      doubt: z
        .looseObject({
          message: z.string(),
          seen: z.array(z.looseObject({ url: z.string().nullable(), createdAt: z.string().nullable() })),
        })
        .nullable(),
    }),
  ),
  secondCopies: z.array(
    z.looseObject({
      id: z.string(),
      url: z.string().nullable(),
      ownUrl: z.string().nullable(),
      acknowledgedAt: z.string().nullable(),
    }),
  ),
});
export const deliveriesSchema = z.object({ items: z.array(deliverySchema) });
export type Deliveries = z.output<typeof deliveriesSchema>;

/** Second copies that are out and that nobody has settled. */
export function openCopies({ secondCopies }: z.output<typeof deliverySchema>) {
  return secondCopies.filter(({ acknowledgedAt }) => acknowledgedAt === null);
}

export const runSchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  postId: z.string().nullable(),
  drafter: z.string().nullable(),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  steps: z.array(z.looseObject({ label: z.string(), state: z.string(), notice: z.string().nullable() })),
});
export type Run = z.output<typeof runSchema>;

const formFieldSchema = z.looseObject({
  key: z.string(),
  label: z.string(),
  kind: z.string(),
  required: z.boolean(),
  initial: z.string().default(""),
  fixed: z.boolean().default(false),
});

/** The accounts that a consent opened, to pick from. */
export const pendingSchema = z.looseObject({
  id: z.string(),
  accounts: z.array(
    z.looseObject({
      accountId: z.string(),
      handle: z.string(),
      displayName: z.string(),
      kind: z.string(),
      problem: z.string().nullable(),
    }),
  ),
});
export type Pending = z.output<typeof pendingSchema>;

export const connectorListSchema = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      connect: z.discriminatedUnion("kind", [
        z.looseObject({
          kind: z.literal("oauth"),
          before: z.object({ fields: z.array(formFieldSchema) }).nullable(),
        }),
        z.looseObject({ kind: z.literal("form"), fields: z.array(formFieldSchema) }),
      ]),
    }),
  ),
});

export const meSchema = z.looseObject({
  user: z.looseObject({ email: z.string(), name: z.string() }),
  workspace: z.looseObject({ name: z.string(), timeZone: z.string() }).nullable(),
  role: z.string().nullable(),
});
