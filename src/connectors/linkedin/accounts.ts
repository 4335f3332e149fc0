import { z } from "zod";
import type { Account, ConnectorContext, Finding, OpenedAccount, TokenSet } from "../contract.ts";
import { ask } from "./api.ts";
import { isLastPage, pageSize, paging } from "./paging.ts";
import { readSettings } from "./settings.ts";

const userinfo = z.object({
  sub: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  picture: z.url().optional(),
});

/** The member whom the token belongs to. LinkedIn tells no public name, so the mail address tells two of one name apart. */
export async function readProfile(context: ConnectorContext): Promise<Account> {
  const member = await ask(context, userinfo, { method: "GET", path: "/v2/userinfo" });
  const displayName = member.name ?? "LinkedIn member";
  return {
    accountId: `urn:li:person:${member.sub}`,
    handle: member.email ?? displayName,
    displayName,
    avatarUrl: member.picture ?? null,
    profileUrl: null,
  };
}

export async function openProfile(context: ConnectorContext, tokens: TokenSet): Promise<OpenedAccount[]> {
  return [{ ...tokens, account: await readProfile(context), kind: "Profile", problem: null }];
}

const organization = z.object({
  id: z.number(),
  localizedName: z.string().optional(),
  vanityName: z.string().optional(),
});
type Organization = z.output<typeof organization>;

const organizationUrn = /^urn:li:organization:(\d+)$/;

function accountOf(context: ConnectorContext, id: string, found: Organization | undefined): Account {
  const vanity = found?.vanityName;
  const displayName = found?.localizedName ?? `Page ${id}`;
  return {
    accountId: `urn:li:organization:${id}`,
    handle: vanity ?? displayName,
    displayName,
    avatarUrl: null,
    profileUrl: `${readSettings(context.settings).webUrl}/company/${vanity ?? id}/`,
  };
}

/** The Page of this channel. */
export async function readPage(context: ConnectorContext): Promise<Account> {
  const id = organizationUrn.exec(context.accountId)?.[1] ?? "";
  const path = `/rest/organizations/${encodeURIComponent(id)}`;
  return accountOf(context, id, await ask(context, organization, { method: "GET", path }));
}

const acls = z.object({
  elements: z.array(z.object({ organization: z.string(), role: z.string(), state: z.string() })),
  paging: paging.optional(),
});

/** By what LinkedIn's Posts API lets publish. */
const publishing = new Set([
  "ADMINISTRATOR",
  "CONTENT_ADMIN",
  "CONTENT_ADMINISTRATOR",
  "DIRECT_SPONSORED_CONTENT_POSTER",
]);
const mostPages = 20;

/** Roles by organization id, of the person who consented. */
async function readRoles(context: ConnectorContext): Promise<Map<string, string[]>> {
  const roles = new Map<string, string[]>();
  for (let page = 0; page < mostPages; page += 1) {
    const query = new URLSearchParams({
      q: "roleAssignee",
      state: "APPROVED",
      start: String(page * pageSize),
      count: String(pageSize),
    });
    const path = `/rest/organizationAcls?${query.toString()}`;
    const answer = await ask(context, acls, { method: "GET", path, restliMethod: "FINDER" });
    for (const element of answer.elements) {
      const id = organizationUrn.exec(element.organization)?.[1];
      if (id === undefined || element.state !== "APPROVED") continue;
      roles.set(id, [...(roles.get(id) ?? []), element.role]);
    }
    if (isLastPage(answer)) return roles;
  }
  return roles;
}

const lookup = z.object({ results: z.record(z.string(), organization) });
const lookupSize = 50;

/** Every Page on which the person has a role, those first where it lets them publish. */
export async function openPages(context: ConnectorContext, tokens: TokenSet): Promise<OpenedAccount[]> {
  const roles = await readRoles(context);
  const ids = [...roles.keys()];
  const known = new Map<string, Organization>();
  for (let start = 0; start < ids.length; start += lookupSize) {
    // Rest.li 2 wants the parentheses and commas of its lists as they are.
    const list = ids.slice(start, start + lookupSize).join(",");
    const path = `/rest/organizationsLookup?ids=List(${list})`;
    const { results } = await ask(context, lookup, { method: "GET", path });
    for (const [id, found] of Object.entries(results)) known.set(id, found);
  }
  const opened = ids.map((id): OpenedAccount => {
    const problem = (roles.get(id) ?? []).some((role) => publishing.has(role))
      ? null
      : noRole(roles.get(id) ?? []);
    return { ...tokens, account: accountOf(context, id, known.get(id)), kind: "Organization", problem };
  });
  return opened.toSorted((left, right) => Number(left.problem !== null) - Number(right.problem !== null));
}

function noRole(roles: string[]): string {
  const names = roles.map((role) => role.toLowerCase().replaceAll("_", " ")).join(", ");
  return `Your role on this Page (${names}) does not include publishing; ask one of its super admins for the role of content admin.`;
}

/** Whether the person who connected the Page may still publish there. */
export async function inspectPage(context: ConnectorContext): Promise<Finding[]> {
  const id = organizationUrn.exec(context.accountId)?.[1] ?? "";
  const roles = (await readRoles(context)).get(id) ?? [];
  if (roles.some((role) => publishing.has(role))) return [];
  return [
    {
      level: "error",
      code: "linkedin.no_role",
      problem: "The person who connected this Page no longer has a role on it that includes publishing.",
      fix: "Ask a super admin of the Page for the role of content admin, or let another admin connect the Page again.",
    },
  ];
}
