import { z } from "zod";
import type { ConnectorContext, TokenSet } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { request } from "./api.ts";
import type { MetaPlatform } from "./settings.ts";

const pictureSchema = z.object({ data: z.object({ url: z.url() }) });

const pageSchema = z.object({
  id: z.string(),
  name: z.string(),
  username: z.string().optional(),
  link: z.url().optional(),
  access_token: z.string().optional(),
  tasks: z.array(z.string()).default([]),
  picture: pictureSchema.optional(),
  instagram_business_account: z
    .object({
      id: z.string(),
      username: z.string().optional(),
      name: z.string().optional(),
      profile_picture_url: z.url().optional(),
    })
    .optional(),
});

/** A Page that a consent opened, with the permissions that hold for it and for its Instagram account. */
export type PageAccount = z.output<typeof pageSchema> & {
  pageScopes: string[];
  instagramScopes: string[];
};

const listSchema = z.object({
  data: z.array(pageSchema),
  paging: z
    .object({ cursors: z.object({ after: z.string() }).optional(), next: z.string().optional() })
    .optional(),
});

const credentialsSchema = z.object({
  userToken: z.string(),
  targets: z.record(z.string(), z.array(z.string())).default({}),
});

const fields =
  "id,name,username,link,access_token,tasks,picture{url},instagram_business_account{id,username,name,profile_picture_url}";
const mostPages = 20;

/** Every Page that the person lets this app use, with its own token. */
export async function openedPages(
  platform: MetaPlatform,
  context: ConnectorContext,
  tokens: TokenSet,
): Promise<PageAccount[]> {
  const { userToken, targets } = credentialsSchema.parse(tokens.credentials);
  const pages: PageAccount[] = [];
  let after: string | null = null;
  for (let count = 0; count < mostPages; count += 1) {
    const list: z.output<typeof listSchema> = await request(
      platform,
      context,
      listSchema,
      { permission: "pages_show_list", channelNeedsIt: true },
      {
        method: "GET",
        path: "/me/accounts",
        params: { fields, limit: "100", ...(after === null ? {} : { after }) },
        token: userToken,
      },
    );
    for (const page of list.data) {
      const holds = (id: string) => tokens.scopes.filter((scope) => targets[scope]?.includes(id) ?? true);
      const instagramId = page.instagram_business_account?.id;
      pages.push({
        ...page,
        pageScopes: holds(page.id),
        // Instagram's permissions name Instagram accounts, those of Pages the Page.
        instagramScopes: tokens.scopes.filter((scope) => {
          const allowed = targets[scope];
          return allowed === undefined || allowed.includes(page.id) || allowed.includes(instagramId ?? "");
        }),
      });
    }
    after = list.paging?.next === undefined ? null : (list.paging.cursors?.after ?? null);
    if (after === null) break;
  }
  if (pages.length > 0) return pages;
  throw new ConnectorFailure({
    verdict: "rejected",
    code: `${platform.id}.no_pages`,
    message:
      'Facebook opened no Page. Connect again, choose the Page in the dialog ("Edit access"), and connect as a person who has Content access to it.',
  });
}
