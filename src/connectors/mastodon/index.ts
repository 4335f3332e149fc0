import type { Problem } from "#kit";
import { z } from "zod";
import { commonProblems, lengthOf, withLink } from "../checks.ts";
import type { Connector, Limits, MediaInfo, OptionField, VariantContent } from "../contract.ts";
import { call, readCredentials, readSettings } from "./api.ts";
import { mastodonOAuth } from "./oauth.ts";
import { commit, locate, planStatuses, visibilities } from "./statuses.ts";
import { mastodonLength, statusLength } from "./text.ts";

// The defaults of Mastodon's own code. A server may have others: they are asked before a post is sent.
const limits: Limits = {
  textLength: 500,
  textUnit: "characters",
  maxParts: 25,
  maxMedia: 4,
  maxMediaBytes: 16_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/webp", "image/gif"],
  // Servers before 4.2 take no more, and a video goes up in one request.
  video: {
    mediaTypes: ["video/mp4", "video/quicktime"],
    maxBytes: 40_000_000,
    maxMs: 3_600_000,
    describes: true,
  },
  document: null,
  altTextLength: 1500,
  firstComment: true,
};

const options: OptionField[] = [
  choice(
    "visibility",
    "Who can see it",
    Object.keys(visibilities),
    "As your account is set, unless you choose.",
  ),
  text(
    "contentWarning",
    "Content warning",
    200,
    "Shown instead of the post until people open it; counts as text.",
  ),
  choice("sensitive", "Hide media", ["No", "Yes"], "Pictures and videos are covered until people look."),
  text("language", "Language", 3, "Two or three letters, such as en; your account's language if empty."),
];

function choice(key: string, label: string, choices: string[], help: string): OptionField {
  return { key, label, kind: "choice", choices, required: false, maxLength: 30, help };
}

function text(key: string, label: string, maxLength: number, help: string): OptionField {
  return { key, label, kind: "text", choices: [], required: false, maxLength, help };
}

/** Mastodon, on whichever server the account is. */
export const mastodon: Connector = {
  id: "mastodon",
  name: "Mastodon",
  summary: "Posts, threads, images and videos on any Mastodon server. Nothing has to be registered.",
  connect: mastodonOAuth,
  limits,
  options,

  target(context) {
    const { server } = readCredentials(context);
    const { accountId } = context;
    return { facts: { server: server.toLowerCase(), accountId }, words: `${accountId} on ${server}` };
  },
  settling({ settings }) {
    const { deadlineMs, windowMs } = readSettings(settings);
    return { deadlineMs, windowMs };
  },
  measure: mastodonLength,
  compose: withLink,
  validate(variant, media) {
    return [
      ...commonProblems(mastodon, variant, media),
      ...ownProblems(variant),
      ...gifProblems(variant, media),
    ];
  },
  price: () => null,
  // https://docs.joinmastodon.org/api/rate-limits/ counts all requests of an account; posts are limited so in its code.
  quotas: () => [{ per: "account", limit: 300, windowMs: 3 * 3_600_000, spreadMs: 0 }],
  apiVersion: null,
  externalIdOf: (url) =>
    /^\/@[\w.@-]+\/(\d{1,25})(?:\/|$)/.exec(URL.parse(url.trim())?.pathname ?? "")?.[1] ?? null,
  inspect: null,
  prepare: planStatuses,
  commit,
  locate,

  async probe(context) {
    const me = await call(context, meSchema, "GET", "/api/v1/accounts/verify_credentials");
    const { host } = new URL(readCredentials(context).server);
    return {
      accountId: `${host}/${me.id}`,
      handle: `@${me.username}@${host}`,
      displayName: me.display_name || me.username,
      avatarUrl: me.avatar ?? null,
      profileUrl: me.url,
    };
  },
};

const meSchema = z.object({
  id: z.string(),
  username: z.string(),
  display_name: z.string(),
  url: z.string(),
  avatar: z.url().optional().catch(undefined),
});

function ownProblems(variant: VariantContent): Problem[] {
  const warning =
    typeof variant.options["contentWarning"] === "string" ? variant.options["contentWarning"].trim() : "";
  const language = variant.options["language"];
  const problems: Problem[] = [];
  if (typeof language === "string" && language.trim() !== "" && !/^[a-z]{2,3}$/i.test(language.trim())) {
    const message = "A language is two or three letters, such as en.";
    problems.push({ path: "/options/language", code: "mastodon.bad_language", message });
  }
  for (const [index, part] of withLink(variant).entries()) {
    // What is too long by itself is told without its warning.
    if (warning === "" || lengthOf(mastodon, part) > limits.textLength) continue;
    const length = statusLength(part, warning);
    if (length <= limits.textLength) continue;
    const message = `With its content warning this part has ${length} characters; Mastodon takes ${limits.textLength}.`;
    problems.push({ path: `/parts/${index}`, code: "mastodon.too_long_with_warning", message });
  }
  return problems;
}

/** Up to four images, or one GIF, or one video: https://docs.joinmastodon.org/user/posting/#attachments */
function gifProblems(variant: VariantContent, media: MediaInfo[]): Problem[] {
  const types = new Map(media.map(({ mediaId, mimeType }) => [mediaId, mimeType]));
  const isMixed =
    variant.media.length > 1 && variant.media.some(({ mediaId }) => types.get(mediaId) === "image/gif");
  if (!isMixed) return [];
  const message = "On Mastodon a GIF goes out alone: take the other files out of this post, or the GIF.";
  return [{ path: "/media", code: "content.media_mixed", message }];
}
