import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { GraphCall } from "./call.ts";
import { GraphRefusal, invalidParameter, missingPermission } from "./errors.ts";
import { paged, project } from "./fields.ts";
import type { GraphParams } from "./params.ts";
import type { MetaPage, MetaState } from "./state.ts";
import { secretHash } from "./state.ts";

// What a user token reads: the person, their Pages with tokens, what they granted.

/** `GET /me`: the person, or the Page whose token it is. */
export function me(state: MetaState, { token, params }: GraphCall): Answer {
  const fields = params.values.get("fields");
  const page = state.pages.find(({ id }) => id === token.pageId);
  if (page) return json(project(pageNode(page), fields, ["name", "id"]));
  return json(project({ ...state.user }, fields, ["name", "id"]));
}

/** `GET /me/accounts`: the Pages, each with a token of its own. */
export function accounts(state: MetaState, { token, params, address }: GraphCall): Answer {
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
        issuedAt: state.now(),
        expiresAt: longLived ? 0 : token.expiresAt,
      }),
    }));
  const fields = params.values.get("fields");
  const list = items.map((item) => project(item, fields, ["access_token", "category", "name", "tasks"]));
  return json(paged(list, params.values, address));
}

/** `GET /debug_token` */
export function debugToken(state: MetaState, params: GraphParams): Answer {
  const token = state.tokens.get(secretHash(params.values.get("input_token") ?? ""));
  if (!token) {
    throw new GraphRefusal({ status: 400, code: 100, message: "(#100) The input_token is malformed" });
  }
  const { consent } = token;
  const ended = token.expiresAt !== 0 && token.expiresAt <= state.now();
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
          ? { scope, target_ids: targets(state, scope, consent.pages) }
          : { scope },
      ),
    },
  });
}

/** Instagram's permissions name Instagram accounts, those of Pages name Pages. */
function targets(state: MetaState, scope: string, pages: Set<string>): string[] {
  if (!scope.startsWith("instagram_")) return [...pages];
  return state.pages.flatMap(({ id, instagram }) => (pages.has(id) && instagram ? [instagram.id] : []));
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

/** `GET /me/permissions` */
export function permissions(_state: MetaState, { token }: GraphCall): Answer {
  const { consent } = token;
  const granted = [...consent.granted].map((permission) => ({ permission, status: "granted" }));
  const declined = [...consent.declined].map((permission) => ({ permission, status: "declined" }));
  return json({ data: [...granted, ...declined] });
}

/** `DELETE /me/permissions`: all of the consent, or one permission of it. */
export function revoke(_state: MetaState, { token, params }: GraphCall): Answer {
  const one = params.values.get("permission");
  if (one === undefined) token.consent.revoked = true;
  else {
    token.consent.granted.delete(one);
    token.consent.declined.add(one);
  }
  return json({ success: true });
}
