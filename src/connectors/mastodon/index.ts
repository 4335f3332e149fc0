import { z } from "zod";
import { withLink } from "../checks.ts";
import type { Connector } from "../contract.ts";
import { call, readCredentials, readSettings } from "./api.ts";
import { readServerLimits } from "./limits.ts";
import { mastodonOAuth } from "./oauth.ts";
import { options } from "./options.ts";
import { rulesOf } from "./rules.ts";
import { commit, locate, planStatuses } from "./statuses.ts";

/** Mastodon, on whichever server the account is. */
export const mastodon: Connector = {
  id: "mastodon",
  name: "Mastodon",
  summary: "Posts, threads, images and videos on any Mastodon server. Nothing has to be registered.",
  connect: mastodonOAuth,
  ...rulesOf(null),
  accountLimits: { read: readServerLimits, rules: rulesOf },
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
  compose: withLink,
  price: () => null,
  // https://docs.joinmastodon.org/api/rate-limits/ counts all requests of an account; posts are limited so in its code.
  quotas: () => [{ per: "account", limit: 300, windowMs: 3 * 3_600_000, spreadMs: 0 }],
  apiVersion: null,
  // Another server shows it under `/@name@server/` and a number of its own.
  externalIdOf: (url) =>
    /^\/@[\w.-]+\/(\d{1,25})(?:\/|$)/.exec(URL.parse(url.trim())?.pathname ?? "")?.[1] ?? null,
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
