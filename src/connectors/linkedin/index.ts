import type { Problem } from "#kit";
import { commonProblems } from "../checks.ts";
import type { Connector, Limits, MediaInfo, OAuthConnect, VariantContent } from "../contract.ts";
import { mediaKind } from "../media-checks.ts";
import { inspectPage, openPages, openProfile, readPage, readProfile } from "./accounts.ts";
import { urnIn } from "./addresses.ts";
import { commitItem } from "./commit.ts";
import { locateOnPage, readScope } from "./locate.ts";
import { linkedInOAuth } from "./oauth.ts";
import { composed, hasCard, optionsFor, planPost } from "./post.ts";
import { readSettings } from "./settings.ts";
import { versionOf } from "./versions.ts";

// The Posts, Images, Videos and Documents APIs; where LinkedIn names no number, what its own pages take.
const limits: Limits = {
  textLength: 3000,
  textUnit: "characters",
  maxParts: 1,
  maxMedia: 20,
  maxMediaBytes: 8_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/gif"],
  video: { mediaTypes: ["video/mp4"], maxBytes: 500_000_000, maxMs: 30 * 60_000, describes: false },
  document: { mediaTypes: ["application/pdf"], maxBytes: 100_000_000, maxPages: 300 },
  altTextLength: 4085,
  firstComment: true,
};
const mostPixels = 36_152_320;
const longestComment = 1250;
const shortestVideoMs = 3_000;
const smallestVideoBytes = 75_000;

type Kind = {
  id: string;
  name: string;
  summary: string;
  kind: "profile" | "page";
  connect: OAuthConnect;
} & Pick<Connector, "locate" | "probe" | "inspect">;

/** What profiles and Pages share: all but who publishes, and whether it can be read back. */
function linkedInConnector({ kind, ...own }: Kind): Connector {
  const connector: Connector = {
    ...own,
    limits,
    accountLimits: null,
    options: optionsFor(kind),

    target({ settings, accountId }) {
      const { apiUrl } = readSettings(settings);
      return { facts: { apiUrl, accountId }, words: `${accountId} by ${apiUrl}` };
    },
    settling({ settings }) {
      const { deadlineMs, windowMs } = readSettings(settings);
      return { deadlineMs, windowMs };
    },
    measure: (text) => text.length,
    compose: composed,
    validate(variant, media) {
      return [...commonProblems(connector, variant, media), ...ownProblems(variant, media)];
    },
    price: () => null,
    quotas(settings) {
      const { postsPerDay, appPostsPerDay } = readSettings(settings);
      const windowMs = 24 * 3600 * 1000;
      return [
        { per: "account", limit: postsPerDay, windowMs, spreadMs: 0 },
        { per: "app", limit: appPostsPerDay, windowMs, spreadMs: 0 },
      ];
    },
    apiVersion: (settings) => versionOf(readSettings(settings).apiVersion),
    externalIdOf: urnIn,
    prepare: planPost,
    commit: commitItem,
  };
  return connector;
}

function ownProblems(variant: VariantContent, media: MediaInfo[]): Problem[] {
  const problems: Problem[] = [];
  const comment = variant.firstComment ?? "";
  if (comment.length > longestComment) {
    const message = `A comment on LinkedIn has at most ${longestComment} characters; this has ${comment.length}.`;
    problems.push({ path: "/firstComment", code: "linkedin.comment_too_long", message });
  }
  const files = variant.media.flatMap(({ mediaId }) => media.filter((info) => info.mediaId === mediaId));
  if (hasCard(variant) && (files.length > 1 || files.some((file) => mediaKind(file.mimeType) !== "image"))) {
    const message =
      "A link's card carries one image at most: put the link in the text, or take the files out.";
    problems.push({ path: "/options/linkAs", code: "linkedin.card_with_files", message });
  }
  for (const [index, file] of files.entries()) {
    const path = `/media/${index}`;
    if (mediaKind(file.mimeType) === "image" && file.width * file.height > mostPixels) {
      const message = "LinkedIn takes images of at most 36 million pixels; make this one smaller.";
      problems.push({ path, code: "linkedin.too_many_pixels", message });
    }
    const short = file.durationMs !== null && file.durationMs < shortestVideoMs;
    if (mediaKind(file.mimeType) === "video" && (short || file.bytes < smallestVideoBytes)) {
      const message = "LinkedIn takes videos from 3 seconds and 75 KB on; this one is shorter.";
      problems.push({ path, code: "linkedin.video_too_short", message });
    }
  }
  return problems;
}

/** A member's own profile. What it published cannot be read back, so a lost answer is a person's to settle. */
export const linkedIn: Connector = linkedInConnector({
  id: "linkedin",
  name: "LinkedIn",
  summary: "Posts, images, videos, PDF carousels and first comments on your own LinkedIn profile.",
  kind: "profile",
  connect: linkedInOAuth({
    scopes: ["openid", "profile", "w_member_social"],
    optionalScopes: [
      { scope: "email", enables: "shows the account's mail address, which tells two of one name apart" },
    ],
    accounts: openProfile,
    revocable: true,
  }),
  locate: "unsupported",
  probe: readProfile,
  inspect: null,
});

/** Pages, through an app of their own: LinkedIn gives the Community Management API to apps that have nothing else. */
export const linkedInPage: Connector = linkedInConnector({
  id: "linkedin-page",
  name: "LinkedIn Page",
  summary: "Posts, images, videos, PDF carousels and first comments on the LinkedIn Pages that you manage.",
  kind: "page",
  connect: linkedInOAuth({
    scopes: ["w_organization_social", "rw_organization_admin"],
    optionalScopes: [
      {
        scope: readScope,
        enables: "lets Galley find a post whose confirmation was lost, instead of asking you",
      },
    ],
    accounts: openPages,
    revocable: false,
  }),
  locate: locateOnPage,
  probe: readPage,
  inspect: inspectPage,
});
