import type { Answer, EmulatorRequest } from "../http.ts";
import { json } from "../http.ts";
import { badRequest, notFound } from "./errors.ts";
import type { OAuth } from "./oauth.ts";
import { pageOf } from "./paging.ts";
import type { LinkedInState, Organization } from "./state.ts";
import { roleOn } from "./state.ts";

export type OrganizationsApi = {
  /** `GET /v2/userinfo` */
  userinfo(request: EmulatorRequest): Answer;
  /** `GET /rest/organizationAcls?q=roleAssignee` */
  acls(request: EmulatorRequest): Answer;
  /** `GET /rest/organizations/{id}` */
  get(request: EmulatorRequest, id: string): Answer;
  /** `GET /rest/organizationsLookup?ids=List(…)` */
  lookup(request: EmulatorRequest): Answer;
};

/** Who the member is, and which Pages they have a role on. */
export function createOrganizations(state: LinkedInState, oauth: OAuth): OrganizationsApi {
  function userinfo(request: EmulatorRequest): Answer {
    const { member, scopes } = oauth.authenticate(request, "userinfo.GET", ["openid"]);
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

  function acls(request: EmulatorRequest): Answer {
    const { member } = oauth.authenticate(request, "organizationAcls.FINDER-roleAssignee", [
      "rw_organization_admin",
    ]);
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

  function get(request: EmulatorRequest, id: string): Answer {
    oauth.authenticate(request, "organizations.GET", ["rw_organization_admin"]);
    const organization = state.organizations.find((candidate) => String(candidate.id) === id);
    if (!organization) throw notFound("No such organization");
    return json(wire(organization));
  }

  function lookup(request: EmulatorRequest): Answer {
    oauth.authenticate(request, "organizationsLookup.BATCH_GET", [
      "rw_organization_admin",
      "r_organization_social",
    ]);
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

  return { userinfo, acls, get, lookup };
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
