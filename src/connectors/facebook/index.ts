import { z } from "zod";
import type { Problem } from "#kit";
import { commonProblems, firstCommentOf } from "../checks.ts";
import type { Connector, Limits, VariantContent } from "../contract.ts";
import {
  apiVersionOf,
  inspectMeta,
  metaLogin,
  readCredentials,
  metaTarget,
  readSettings,
  request,
} from "../meta-graph/index.ts";
import { locate } from "./locate.ts";
import { commenting, platform, posting, reading } from "./platform.ts";
import { commit, composeParts, prepare } from "./publish.ts";

// https://developers.facebook.com/docs/graph-api/reference/page/photos; a post has 63,206 characters.
const limits: Limits = {
  textLength: 63_206,
  textUnit: "characters",
  maxParts: 1,
  maxMedia: 10,
  maxMediaBytes: 10_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/gif"],
  // Facebook takes 10 GB (https://developers.facebook.com/docs/video-api/guides/publishing); an upload must fit one lease.
  video: {
    mediaTypes: ["video/mp4", "video/quicktime"],
    maxBytes: 500_000_000,
    maxMs: 4 * 3_600_000,
    describes: false,
  },
  document: null,
  altTextLength: 1000,
  firstComment: true,
};
const longestComment = 8_000;

const pageFields = "id,name,username,link,picture{url}";
const pageSchema = z.object({
  id: z.string(),
  name: z.string(),
  username: z.string().optional(),
  link: z.url().optional(),
  picture: z.object({ data: z.object({ url: z.url() }) }).optional(),
});

/** Pages of Facebook. Photos and videos are uploaded before, so that one small request makes the post. */
export const facebook: Connector = {
  id: "facebook",
  name: "Facebook",
  summary: "Posts, links, photos, albums and videos on your Facebook Pages.",
  connect: metaLogin({
    platform,
    scopes: ["pages_show_list", reading.permission, posting.permission],
    optionalScopes: [
      { scope: commenting.permission, enables: "the first comment", neededBy: firstCommentOf },
      { scope: "business_management", enables: "Pages that belong to a business portfolio" },
    ],
    accountOf(page, tokens) {
      const mayCreate = page.tasks.length === 0 || page.tasks.includes("CREATE_CONTENT");
      const problem =
        page.access_token === undefined
          ? "Facebook gave no access to this Page. Connect again and choose it in the dialog."
          : mayCreate
            ? null
            : "You may not create posts on this Page. Ask its administrator for Content access under Page settings, Page access.";
      return {
        account: accountOf(page),
        kind: "Page",
        problem,
        credentials: { token: page.access_token ?? "", pageId: page.id },
        scopes: page.pageScopes,
        expiresAt: null,
        endsAt: tokens.endsAt,
      };
    },
  }),
  limits,
  accountLimits: null,
  options: [],

  target: (context) => metaTarget(platform, context),
  settling: ({ settings }) => readSettings(platform, settings),
  measure: (text) => Array.from(text).length,
  compose: composeParts,
  validate(variant, media) {
    return [...commonProblems(facebook, variant, media), ...ownProblems(variant)];
  },
  price: () => null,
  quotas(settings) {
    // Facebook names no number of posts; it throttles by requests, and its answers say for how long.
    const { postsPerDay } = readSettings(platform, settings);
    if (postsPerDay === undefined) return [];
    return [{ per: "account", limit: postsPerDay, windowMs: 86_400_000, spreadMs: 0 }];
  },
  apiVersion: (settings) => apiVersionOf(platform, settings),
  externalIdOf,
  inspect: (context) => inspectMeta(platform, context),
  prepare,
  commit,
  locate,

  async probe(context) {
    const { pageId } = readCredentials(platform, context);
    const asked = { permission: "pages_show_list", channelNeedsIt: true };
    const call = { method: "GET", path: `/${pageId}`, params: { fields: pageFields } } as const;
    return accountOf(await request(platform, context, pageSchema, asked, call));
  },
};

function accountOf(page: z.output<typeof pageSchema>) {
  const { id, name, username } = page;
  return {
    accountId: id,
    handle: username === undefined || username === "" ? name : `@${username}`,
    displayName: name,
    avatarUrl: page.picture?.data.url ?? null,
    profileUrl: page.link ?? `https://www.facebook.com/${id}`,
  };
}

function ownProblems(variant: VariantContent): Problem[] {
  const problems: Problem[] = [];
  const comment = Array.from(variant.firstComment ?? "").length;
  if (comment > longestComment) {
    const message = `A comment on Facebook holds at most ${longestComment} characters; this has ${comment}.`;
    problems.push({ path: "/firstComment", code: "facebook.comment_too_long", message });
  }
  return problems;
}

/**
 * `…/{page}_{post}` and `…/{video}`, as `published` gives them out, and `…/permalink.php?story_fbid={post}&id={page}`;
 * newer addresses (`pfbid…`) hide the id.
 */
function externalIdOf(url: string): string | null {
  const address = URL.parse(url);
  if (!address || !/(?:^|\.)facebook\.com$/.test(address.hostname)) return null;
  const whole = /^\/(\d+(?:_\d+)?)\/?$/.exec(address.pathname)?.[1];
  if (whole !== undefined) return whole;
  const story = address.searchParams.get("story_fbid") ?? "";
  const page = address.searchParams.get("id") ?? /^\/(\d+)\/posts\/\d+\/?$/.exec(address.pathname)?.[1] ?? "";
  const post = /^\d+$/.test(story) ? story : (/^\/\d+\/posts\/(\d+)\/?$/.exec(address.pathname)?.[1] ?? "");
  if (/^\d+$/.test(page) && post !== "") return `${page}_${post}`;
  return /^\/(?:reel|watch|\w+\/videos)\/(\d+)\/?$/.exec(address.pathname)?.[1] ?? null;
}
