import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { Call } from "../routes.ts";
import { badRequest, notFound } from "./errors.ts";
import { authenticate } from "./oauth.ts";
import { pageOf } from "./paging.ts";
import type { LinkedInState, Organization } from "./state.ts";
import { roleOn } from "./state.ts";

// Who the member is, and which Pages they have a role on.

/** `GET /v2/userinfo` */
export function userinfo(state: LinkedInState, { request }: Call): Answer {
  const { member, scopes } = authenticate(state, request, { resource: "userinfo.GET", scopes: ["openid"] });
  const [given = "", ...family] = member.name.split(" ");
  return json({
    sub: member.id,
    ...(scopes.includes("profile")
      ? {
          name: member.name,
          given_name: given,
          family_name: family.join(" "),
          locale: { country: "US", language: "en" },
        }
      : {}),
    ...(scopes.includes("email") ? { email: member.email, email_verified: true } : {}),
  });
}

/** `GET /rest/organizationAcls?q=roleAssignee` */
export function acls(state: LinkedInState, { request }: Call): Answer {
  const { member } = authenticate(state, request, {
    resource: "organizationAcls.FINDER-roleAssignee",
    scopes: ["rw_organization_admin"],
  });
  const { query } = request;
  if (query.get("q") !== "roleAssignee") throw badRequest("Unknown finder");
  const wanted = { role: query.get("role"), state: query.get("state") };
  const items = state.organizations.flatMap((organization) => {
    const role = roleOn(organization, member);
    if (role === null || (wanted.role !== null && wanted.role !== role)) return [];
    return wanted.state === null || wanted.state === "APPROVED" ? [{ organization, role }] : [];
  });
  return pageOf(
    request,
    items,
    ({ organization, role }) => ({
      organization: `urn:li:organization:${organization.id}`,
      roleAssignee: `urn:li:person:${member.id}`,
      role,
      state: "APPROVED",
    }),
    state.switches,
  );
}

/** `GET /rest/organizations/{id}` */
export function get(state: LinkedInState, { request, id }: Call): Answer {
  authenticate(state, request, { resource: "organizations.GET", scopes: ["rw_organization_admin"] });
  const organization = state.organizations.find((candidate) => String(candidate.id) === id);
  if (!organization) throw notFound("No such organization");
  return json(wire(organization));
}

/** `GET /rest/organizationsLookup?ids=List(…)` */
export function lookup(state: LinkedInState, { request }: Call): Answer {
  authenticate(state, request, {
    resource: "organizationsLookup.BATCH_GET",
    scopes: ["rw_organization_admin", "r_organization_social"],
  });
  const [, list] = /^List\((\d+(?:,\d+)*)\)$/.exec(request.query.get("ids") ?? "") ?? [];
  if (list === undefined) throw badRequest("ids is List(1,2)");
  const found = list
    .split(",")
    .flatMap((id) => state.organizations.filter((candidate) => String(candidate.id) === id));
  return json({
    results: Object.fromEntries(found.map((organization) => [organization.id, wire(organization)])),
    statuses: Object.fromEntries(found.map(({ id }) => [id, 200])),
    errors: {},
  });
}

function wire(organization: Organization): Record<string, unknown> {
  return {
    id: organization.id,
    name: {
      localized: { en_US: organization.name },
      preferredLocale: { country: "US", language: "en" },
    },
    localizedName: organization.name,
    vanityName: organization.vanityName,
    primaryOrganizationType: "NONE",
    locations: [],
  };
}
