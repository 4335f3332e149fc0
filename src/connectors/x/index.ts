import { z } from "zod";
import type { JsonObject, Money, Problem } from "#kit";
import { addMoney, money } from "#kit";
import { commonProblems, withLink } from "../checks.ts";
import type { Connector, Finding, Limits, MediaInfo, OptionField, VariantContent } from "../contract.ts";
import { findUrls } from "../text/urls.ts";
import { hasForbiddenCharacter, maximumWeightedLength, weightedLength } from "../text/weighted-length.ts";
import { call, readSettings } from "./api.ts";
import { locate } from "./locate.ts";
import { xOAuth } from "./oauth.ts";
import { commit, externalIdOf, planPosts, postedTexts, replyChoices } from "./posts.ts";

// https://docs.x.com/x-api/media/quickstart/best-practices; a GIF may be larger there, but not here.
const limits: Limits = {
  textLength: maximumWeightedLength,
  textUnit: "weighted characters",
  maxParts: 25,
  maxMedia: 4,
  maxMediaBytes: 5_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/webp", "image/gif"],
  // Without X Premium 20 minutes; 8 GB would be taken too.
  // https://developer.x.com/en/docs/media/upload-media/api-reference/post-media-metadata-create: images and GIFs alone.
  video: {
    mediaTypes: ["video/mp4", "video/quicktime"],
    maxBytes: 512_000_000,
    maxMs: 1_200_000,
    describes: false,
  },
  document: null,
  altTextLength: 1000,
  firstComment: true,
};

const options: OptionField[] = [
  {
    key: "whoCanReply",
    label: "Who can reply",
    kind: "choice",
    choices: replyChoices,
    required: false,
    maxLength: 30,
    help: "Everyone, unless you choose. Whom the post mentions can always reply.",
  },
  yesOrNo("madeWithAi", "Made with AI", "X marks the post as holding media made with AI."),
  yesOrNo("paidPartnership", "Paid partnership", "X marks the post as paid promotion."),
];

function yesOrNo(key: string, label: string, help: string): OptionField {
  return { key, label, kind: "choice", choices: ["No", "Yes"], required: false, maxLength: 3, help };
}

/** X tells nowhere when a timeline shows a post with files, and it comes later there than one without. */
const mediaPatience = 3;

/** X, by its API v2. */
export const x: Connector = {
  id: "x",
  name: "X",
  summary:
    "Posts, threads and images on X, with an app of your own at developer.x.com. X charges for each post.",
  connect: xOAuth,
  limits,
  accountLimits: null,
  options,

  target({ settings, accountId }) {
    const { apiUrl } = readSettings(settings);
    return { facts: { apiUrl, accountId }, words: `account ${accountId} by ${apiUrl}` };
  },
  settling({ settings }) {
    const { deadlineMs, windowMs } = readSettings(settings);
    return { deadlineMs, windowMs, mediaWindowMs: mediaPatience * windowMs };
  },
  measure: weightedLength,
  compose: withLink,
  validate(variant, media) {
    return [
      ...commonProblems(x, variant, media),
      ...forbiddenCharacters(variant),
      ...repeatedParts(variant),
      ...mixedMedia(variant, media),
    ];
  },
  price,
  quotas(settings) {
    const { postsPer15Minutes, postsPerDay, appPostsPerDay } = readSettings(settings);
    const day = 86_400_000;
    return [
      { per: "account", limit: postsPer15Minutes, windowMs: 900_000, spreadMs: 0 },
      { per: "account", limit: postsPerDay, windowMs: day, spreadMs: 0 },
      { per: "app", limit: appPostsPerDay, windowMs: day, spreadMs: 0 },
    ];
  },
  apiVersion: null,
  prepare: planPosts,
  commit,
  locate,
  externalIdOf,

  async probe(context) {
    const { webUrl } = readSettings(context.settings);
    const { data } = await call(context, meSchema, "GET", "/2/users/me?user.fields=profile_image_url");
    return {
      accountId: data.id,
      handle: `@${data.username}`,
      displayName: data.name,
      avatarUrl: data.profile_image_url ?? null,
      profileUrl: `${webUrl}/${data.username}`,
    };
  },

  async inspect(context) {
    const { data } = await call(context, meSchema, "GET", "/2/users/me?user.fields=protected");
    const findings: Finding[] = [];
    if (data.protected === true) {
      findings.push({
        level: "warning",
        code: "x.protected_account",
        problem: "The posts of this account are protected: only its followers see them.",
        fix: "To publish for everyone, switch off “Protect your posts” at x.com/settings/audience_and_tagging.",
      });
    }
    return findings;
  },
};

const meSchema = z.object({
  data: z.object({
    id: z.string(),
    name: z.string(),
    username: z.string(),
    profile_image_url: z.url().optional().catch(undefined),
    protected: z.boolean().optional(),
  }),
});

/** Every part and the first comment is a request that X charges for; more where its text holds a link. */
function price(variant: VariantContent, settings: JsonObject): Money {
  const { postPrice, linkPostPrice, currency } = readSettings(settings);
  return postedTexts(variant)
    .map((text) => money(findUrls(text).length > 0 ? linkPostPrice : postPrice, currency))
    .reduce(addMoney, money("0", currency));
}

function forbiddenCharacters(variant: VariantContent): Problem[] {
  return postedTexts(variant).flatMap((text, index): Problem[] => {
    if (!hasForbiddenCharacter(text)) return [];
    const message =
      "This text holds an invisible character that X refuses (a byte order mark). Delete the text and type it, or paste it as plain text.";
    return [{ path: pathOf(variant, index), code: "x.forbidden_character", message }];
  });
}

/** Of the text that is posted as number `index`, as a JSON Pointer into the variant. */
function pathOf(variant: VariantContent, index: number): string {
  return index < variant.parts.length ? `/parts/${index}` : "/firstComment";
}

/** X refuses a text that the account has just posted, so a thread cannot say the same twice. */
function repeatedParts(variant: VariantContent): Problem[] {
  const texts = postedTexts(variant).map((text) => text.trim());
  return texts.flatMap((text, index): Problem[] => {
    if (text === "" || texts.indexOf(text) === index) return [];
    const message = "X refuses the same text twice; say it once or in other words.";
    return [{ path: pathOf(variant, index), code: "x.repeated_text", message }];
  });
}

function mixedMedia(variant: VariantContent, media: MediaInfo[]): Problem[] {
  if (variant.media.length < 2) return [];
  const moving = new Set(
    media.filter(({ mimeType }) => mimeType === "image/gif").map(({ mediaId }) => mediaId),
  );
  return variant.media.flatMap((item, index): Problem[] => {
    if (!moving.has(item.mediaId)) return [];
    const message = "X shows a GIF alone: take off the other images, or the GIF.";
    return [{ path: `/media/${index}`, code: "x.gif_alone", message }];
  });
}
