import { z } from "zod";
import { commonProblems, firstCommentOf, withLink } from "../checks.ts";
import type { Account, Connector, Limits } from "../contract.ts";
import { apiVersionOf, metaLogin, metaTarget, readSettings, request } from "../meta-graph/index.ts";
import { inspectInstagram } from "./inspect.ts";
import { locate } from "./locate.ts";
import { commenting, platform, publishing, reading } from "./platform.ts";
import { instagramProblems } from "./problems.ts";
import { commit, prepare } from "./publish.ts";

// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
const limits: Limits = {
  textLength: 2_200,
  textUnit: "characters",
  maxParts: 1,
  maxMedia: 10,
  maxMediaBytes: 8 * 1024 * 1024,
  // The first one; Galley serves the others as JPEG.
  mediaTypes: ["image/jpeg", "image/png", "image/webp"],
  video: {
    mediaTypes: ["video/mp4", "video/quicktime"],
    maxBytes: 300_000_000,
    maxMs: 15 * 60_000,
    describes: false,
  },
  document: null,
  altTextLength: 1_000,
  firstComment: true,
};

/** https://developers.facebook.com/docs/instagram-platform/content-publishing, "Rate Limit". */
const postsPerDay = 100;
const dayMs = 86_400_000;

const profileSchema = z.object({
  id: z.string(),
  username: z.string(),
  name: z.string().optional(),
  profile_picture_url: z.url().optional(),
});

/** Professional accounts of Instagram, each through the Page that it is linked to. */
export const instagram: Connector = {
  id: "instagram",
  name: "Instagram",
  summary: "Images, carousels and reels on professional accounts that are linked to a Facebook Page.",
  connect: metaLogin({
    platform,
    scopes: ["pages_show_list", "pages_read_engagement", reading.permission, publishing.permission],
    optionalScopes: [
      { scope: commenting.permission, enables: "the first comment", neededBy: firstCommentOf },
      { scope: "business_management", enables: "Pages that belong to a business portfolio" },
    ],
    accountOf(page, tokens) {
      const linked = page.instagram_business_account;
      const access = { expiresAt: null, endsAt: tokens.endsAt, scopes: page.instagramScopes };
      if (!linked) {
        return {
          ...access,
          account: {
            accountId: page.id,
            handle: page.name,
            displayName: page.name,
            avatarUrl: page.picture?.data.url ?? null,
            profileUrl: page.link ?? null,
          },
          kind: "Page",
          credentials: {},
          problem:
            "No Instagram professional account is linked to this Page. Link one under Page settings, Linked accounts, make it Business or Creator in the Instagram app, and connect again.",
        };
      }
      const mayCreate = page.tasks.length === 0 || page.tasks.includes("CREATE_CONTENT");
      return {
        ...access,
        account: accountOf({ ...linked, username: linked.username ?? linked.id }),
        kind: "Instagram account",
        credentials: { token: page.access_token ?? "", pageId: page.id, instagramId: linked.id },
        problem:
          page.access_token === undefined
            ? "Facebook gave no access to the Page of this account. Connect again and choose the Page in the dialog."
            : mayCreate
              ? null
              : `You may not create content on the Page "${page.name}", to which this account is linked. Ask its administrator for Content access.`,
      };
    },
  }),
  limits,
  accountLimits: null,
  options: [],

  target: (context) => metaTarget(platform, context),
  settling: ({ settings }) => readSettings(platform, settings),
  measure: (text) => Array.from(text).length,
  compose: withLink,
  validate(variant, media) {
    const [caption = ""] = withLink(variant);
    return [...commonProblems(instagram, variant, media), ...instagramProblems(variant, caption, media)];
  },
  price: () => null,
  quotas(settings) {
    const limit = readSettings(platform, settings).postsPerDay ?? postsPerDay;
    return [{ per: "account", limit, windowMs: dayMs, spreadMs: 0 }];
  },
  apiVersion: (settings) => apiVersionOf(platform, settings),
  // Addresses carry a short code from which the API's id cannot be told.
  externalIdOf: "by_lookup",
  inspect: inspectInstagram,
  prepare,
  commit,
  locate,

  async probe(context) {
    const stored = z.object({ instagramId: z.string() }).safeParse(context.credentials);
    const id = stored.success ? stored.data.instagramId : context.accountId;
    const params = { fields: "id,username,name,profile_picture_url" };
    const call = { method: "GET", path: `/${id}`, params } as const;
    return accountOf(await request(platform, context, profileSchema, reading, call));
  },
};

function accountOf(profile: z.output<typeof profileSchema>): Account {
  const { id, username, name } = profile;
  return {
    accountId: id,
    handle: `@${username}`,
    displayName: name === undefined || name === "" ? username : name,
    avatarUrl: profile.profile_picture_url ?? null,
    profileUrl: `https://www.instagram.com/${username}/`,
  };
}
