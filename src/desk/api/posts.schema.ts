import { z } from "zod";
import { instant, pageOf, pageQuery } from "#platform/wire";
import { postStatuses, scheduleRules } from "../model/post.ts";
import { actions } from "../model/rules.ts";

/**
 * What the API takes and gives. The lengths here only keep a request within reason; what a platform
 * takes is the connector's to say, with its own words, in `/posts/check`.
 */
const content = z.object({
  parts: z.array(z.string().max(200_000)).max(100).default([]),
  link: z.string().max(4000).nullable().default(null),
  media: z
    .array(z.object({ mediaId: z.uuid(), altText: z.string().max(10_000).default("") }))
    .max(50)
    .default([]),
  firstComment: z.string().max(50_000).nullable().default(null),
  options: z.record(z.string().max(100), z.string().max(10_000)).default({}),
});

const variant = z.object({ channelId: z.uuid(), content });
const variants = z.array(variant).max(50);
const title = z.string().min(1).max(200);

const source = z.object({
  kind: z.string().max(50),
  url: z.string().max(4000).nullable(),
  title: z.string().max(1000),
  excerpt: z.string().max(10_000),
});

export const createPostBody = z.object({ title, variants, sources: z.array(source).max(50).default([]) });
export const editPostBody = z.object({
  title,
  variants,
  baseVersion: z.int().min(1),
  /** Saved by a program while a person types: what they save within a few minutes is one version. */
  autosave: z.boolean().default(false),
});
export const checkBody = z.object({
  variants,
  /** When the post goes out, and which post it is: for warnings about other posts. */
  at: instant.nullable().default(null),
  postId: z.uuid().nullable().default(null),
});
export const approveBody = z.object({
  boundHash: z.string().min(1).max(100),
  note: z.string().max(5000).default(""),
});
export const requestChangesBody = z.object({ note: z.string().min(1).max(5000) });

const zone = z.string().min(1).max(100);
const wall = z.string().min(1).max(40);
const unready = z
  .enum(["refuse", "skip"])
  .default("refuse")
  .describe(
    "What becomes of channels that are not set up: nothing is sent, or they are skipped with the reason and can be sent to later.",
  );
export const releaseBody = z.object({ unready }).nullish();
export const scheduleBody = z.object({ wall, zone, rule: z.enum(scheduleRules).optional(), unready });
export const scheduleQuery = z.object({ wall, zone });

export const listQuery = pageQuery.extend({
  /** One state or several, separated by commas. */
  status: z.string().max(200).optional(),
  q: z.string().max(200).optional(),
  from: instant.optional(),
  to: instant.optional(),
});

export const versionParams = z.object({ id: z.uuid(), number: z.coerce.number<number>().int().min(1) });

const author = z.object({ name: z.string().nullable(), kind: z.enum(["person", "agent"]) });
const person = z.object({ id: z.uuid(), name: z.string() });
const scheduled = z.object({ wall: z.string(), zone: z.string(), rule: z.enum(scheduleRules), at: instant });
export const channel = z.object({ channelId: z.uuid(), connector: z.string(), handle: z.string() });

export const postSummary = z.object({
  id: z.uuid(),
  title: z.string(),
  status: z.enum(postStatuses),
  excerpt: z.string(),
  channels: z.array(channel),
  scheduled: scheduled.nullable(),
  version: z.int(),
  author,
  changedBy: z
    .array(author.extend({ at: instant }))
    .describe(
      "Who changed the post since it was first written, whoever wrote it first left out, with when last.",
    ),
  seriesId: z.uuid().nullable(),
  ownWords: z
    .boolean()
    .describe(
      "In review, and you may not approve it: you wrote part of it, and the workspace asks for somebody else.",
    ),
  createdAt: instant,
  updatedAt: instant,
});
export const postPage = pageOf(postSummary);

export const overview = z.object({
  states: z.array(z.enum(postStatuses)).describe("Every state that at least one post is in."),
  beginning: z.boolean().describe("There are no more than ten posts."),
  waiting: z.object({
    count: z.int(),
    forYou: z.int().describe("Without those that you may not approve."),
    items: z.array(postSummary),
  }),
  upcoming: z.object({ count: z.int(), items: z.array(postSummary) }),
  recent: z.array(postSummary).describe("Published, the last at the top."),
  approved: postSummary.nullable().describe("The newest that is approved and has no time yet."),
  newest: postSummary.nullable(),
});

const contentOut = z.object({
  parts: z.array(z.string()),
  link: z.string().nullable(),
  media: z.array(z.object({ mediaId: z.uuid(), altText: z.string() })),
  firstComment: z.string().nullable(),
  options: z.record(z.string(), z.string()),
});
const variantOut = z.object({
  channelId: z.uuid(),
  connector: z.string(),
  handle: z.string(),
  content: contentOut,
  target: z.string().nullable().describe("Where the channel's posts go, in words."),
  approvedTarget: z
    .string()
    .nullable()
    .describe("Where they went when the post was last approved, if that was elsewhere."),
});

export const variantCheck = z.object({
  channelId: z.uuid(),
  problems: z.array(
    z.object({
      path: z.string(),
      code: z.string(),
      message: z.string(),
      severity: z.enum(["error", "warning"]),
    }),
  ),
  parts: z.array(z.object({ length: z.int(), limit: z.int(), unit: z.string() })),
  price: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  suspicious: z.array(z.object({ part: z.int(), index: z.int(), codePoint: z.int() })),
});
export const checkResult = z.object({ variants: z.array(variantCheck) });

export const decision = z.object({
  id: z.uuid(),
  version: z.int(),
  boundHash: z.string(),
  boundAt: instant.nullable(),
  note: z.string(),
  decidedBy: person.nullable(),
  decidedAt: instant,
});

export const media = z.object({
  id: z.uuid(),
  fileName: z.string(),
  altText: z.string(),
  mimeType: z.string(),
  bytes: z.int(),
  width: z.int(),
  height: z.int(),
  durationMs: z.int().nullable(),
  pages: z.int().nullable(),
  sha256: z.string(),
  url: z.string(),
  createdAt: instant,
});
export const mediaPage = pageOf(media);
export const altTextBody = z.object({ altText: z.string().max(10_000) });

export const fullPost = postSummary.extend({
  variants: z.array(variantOut),
  media: z.array(media),
  sources: z.array(source),
  contentHash: z.string(),
  boundHash: z.string(),
  approval: decision.nullable(),
  lastDecision: decision
    .extend({
      decision: z.enum(["approved", "changes_requested"]),
      voidedAt: instant.nullable(),
      voidedReason: z.string().nullable(),
    })
    .nullable(),
  undoUntil: instant
    .nullable()
    .describe("Until when you can take back the approval that you gave a moment ago; null otherwise."),
  lastApprovedVersion: z.int().nullable(),
  checks: z.array(variantCheck),
  allowed: z.array(z.enum(actions)),
  refused: z.array(z.object({ action: z.enum(actions), code: z.string(), reason: z.string() })),
  deletedAt: instant.nullable(),
  series: z
    .object({
      id: z.uuid(),
      role: z.enum(["template", "occurrence"]),
      date: z.string().nullable(),
      follows: z.boolean(),
      reason: z.string().nullable(),
    })
    .nullable(),
});
/** `tooLate`: channels on which the post was already on its way. */
export const heldPost = fullPost.extend({ tooLate: z.array(z.uuid()) });

const versionSummary = z.object({
  number: z.int(),
  title: z.string(),
  contentHash: z.string(),
  author,
  createdAt: instant,
});
export const setAsideBody = editPostBody.omit({ autosave: true });
const setAsideText = z.object({
  id: z.uuid(),
  baseVersion: z.int(),
  title: z.string(),
  author,
  createdAt: instant,
  variants: z.array(z.object({ channelId: z.uuid(), content: contentOut })),
});
export const setAsideList = z.object({ items: z.array(setAsideText) });

export const versionList = z.object({ items: z.array(versionSummary) });
export const version = versionSummary.extend({
  variants: z.array(z.object({ channelId: z.uuid(), content: contentOut })),
});

export const schedulePreview = z.object({
  at: instant,
  kind: z.enum(["ordinary", "gap", "overlap"]),
  choices: z.array(z.object({ rule: z.enum(scheduleRules), at: instant, label: z.string() })),
});
