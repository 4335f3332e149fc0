import type { PlatformClock } from "../clock.ts";
import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import { GraphRefusal, invalidParameter, missingPermission } from "./errors.ts";
import { paged, project } from "./fields.ts";
import type { GraphParams } from "./params.ts";
import type { MetaPage, MetaState, Token } from "./state.ts";
import { secretHash } from "./state.ts";

/** What a user token reads: the person, their Pages with tokens, what they granted. */
export type UserNode = {
  me(token: Token, params: GraphParams): Answer;
  accounts(token: Token, params: GraphParams, address: string): Answer;
  permissions(token: Token): Answer;
  /** `DELETE /me/permissions`: all of the consent, or one permission of it. */
  revoke(token: Token, params: GraphParams): Answer;
  debugToken(params: GraphParams): Answer;
};

export function createUserNode(state: MetaState, clock: PlatformClock): UserNode {
  function me(token: Token, params: GraphParams): Answer {
    const fields = params.values.get("fields");
    const page = state.pages.find(({ id }) => id === token.pageId);
    if (page) return json(project(pageNode(page), fields, ["name", "id"]));
    return json(project({ ...state.user }, fields, ["name", "id"]));
  }

  function accounts(token: Token, params: GraphParams, address: string): Answer {
    if (token.kind !== "USER") throw invalidParameter("Tried accessing nonexisting field (accounts)");
    const { consent } = token;
    if (!consent.granted.has("pages_show_list")) throw missingPermission(200, "pages_show_list");
    const longLived = token.expiresAt === 0 || token.expiresAt - token.issuedAt > 24 * 3_600_000;
    const items = state.pages
      .filter(({ id }) => consent.pages.has(id))
      .map((page) => ({
        ...pageNode(page),
        access_token: state.issue({
          kind: "PAGE",
          consent,
          pageId: page.id,
          issuedAt: clock.now().getTime(),
          expiresAt: longLived ? 0 : token.expiresAt,
        }),
      }));
    const fields = params.values.get("fields");
    const list = items.map((item) => project(item, fields, ["access_token", "category", "name", "tasks"]));
    return json(paged(list, params.values, address));
  }

  function debugToken(params: GraphParams): Answer {
    const token = state.tokens.get(secretHash(params.values.get("input_token") ?? ""));
    if (!token) {
      throw new GraphRefusal({ status: 400, code: 100, message: "(#100) The input_token is malformed" });
    }
    const { consent } = token;
    const ended = token.expiresAt !== 0 && token.expiresAt <= clock.now().getTime();
    return json({
      data: {
        app_id: state.app.id,
        type: token.kind,
        is_valid: !consent.revoked && !ended,
        issued_at: Math.floor(token.issuedAt / 1000),
        expires_at: Math.floor(token.expiresAt / 1000),
        data_access_expires_at: Math.floor(consent.dataAccessExpiresAt / 1000),
        user_id: consent.userId,
        ...(token.pageId === null ? {} : { profile_id: token.pageId }),
        scopes: [...consent.granted],
        granular_scopes: [...consent.granted].map((scope) =>
          /^(?:pages|instagram)_/.test(scope)
            ? { scope, target_ids: targets(scope, consent.pages) }
            : { scope },
        ),
      },
    });
  }

  /** Instagram's permissions name Instagram accounts, those of Pages name Pages. */
  function targets(scope: string, pages: Set<string>): string[] {
    if (!scope.startsWith("instagram_")) return [...pages];
    return state.pages.flatMap(({ id, instagram }) => (pages.has(id) && instagram ? [instagram.id] : []));
  }

  return { me, accounts, permissions, revoke, debugToken };
}

function pageNode(page: MetaPage): Record<string, unknown> {
  return {
    id: page.id,
    name: page.name,
    username: page.username === "" ? undefined : page.username,
    link: `https://www.facebook.com/${page.username === "" ? page.id : page.username}`,
    category: "Kitchen/Cooking",
    tasks: page.tasks,
    picture: { data: { url: "https://scontent.example/picture.jpg", is_silhouette: false } },
    instagram_business_account:
      page.instagram === null
        ? undefined
        : { ...page.instagram, profile_picture_url: "https://scontent.example/instagram.jpg" },
  };
}

function permissions({ consent }: Token): Answer {
  const granted = [...consent.granted].map((permission) => ({ permission, status: "granted" }));
  const declined = [...consent.declined].map((permission) => ({ permission, status: "declined" }));
  return json({ data: [...granted, ...declined] });
}

function revoke(token: Token, params: GraphParams): Answer {
  const one = params.values.get("permission");
  if (one === undefined) token.consent.revoked = true;
  else {
    token.consent.granted.delete(one);
    token.consent.declined.add(one);
  }
  return json({ success: true });
}
