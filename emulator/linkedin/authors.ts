import type { EmulatorRequest } from "../http.ts";
import { accessDenied, badRequest } from "./errors.ts";
import type { OAuth } from "./oauth.ts";
import type { Grant, LinkedInState, Member } from "./state.ts";
import { mayPublish, roleOn } from "./state.ts";

const authorUrn = /^urn:li:(person|organization):([A-Za-z0-9_-]+)$/;

export type Authors = {
  /** The caller, who must be this author or may publish for this Page; LinkedIn's 401 or 403 otherwise. */
  authenticate(request: EmulatorRequest, author: string, resource: string): Grant & { member: Member };
  nameOf(author: string): string;
};

/** Who may act for whom: a member for themselves, with a role and the scope for a Page. */
export function createAuthors(state: LinkedInState, oauth: OAuth): Authors {
  function authenticate(request: EmulatorRequest, author: string, resource: string) {
    const [, kind, id] = authorUrn.exec(author) ?? [];
    if (kind === undefined || id === undefined) throw badRequest(`No author: ${author}`);
    if (kind === "person") {
      const grant = oauth.authenticate(request, resource, ["w_member_social"]);
      if (grant.member.id !== id) throw accessDenied(resource);
      return grant;
    }
    const grant = oauth.authenticate(request, resource, ["w_organization_social"]);
    const organization = state.organizations.find((candidate) => String(candidate.id) === id);
    if (!organization || !mayPublish(roleOn(organization, grant.member))) throw accessDenied(resource);
    return grant;
  }

  function nameOf(author: string): string {
    const [, kind, id = ""] = authorUrn.exec(author) ?? [];
    if (kind === "person") return state.members.get(id)?.name ?? author;
    return state.organizations.find((candidate) => String(candidate.id) === id)?.name ?? author;
  }

  return { authenticate, nameOf };
}
