import type { EmulatorRequest } from "../http.ts";
import { accessDenied, badRequest } from "./errors.ts";
import { authenticate } from "./oauth.ts";
import type { Grant, LinkedInState, Member } from "./state.ts";
import { mayPublish, roleOn } from "./state.ts";

const authorUrn = /^urn:li:(person|organization):([A-Za-z0-9_-]+)$/;

/**
 * The caller, who must be this author or may publish for this Page, by a role and the scope; LinkedIn's 401 or 403
 * otherwise.
 */
export function authenticateAuthor(
  state: LinkedInState,
  request: EmulatorRequest,
  { author, resource }: { author: string; resource: string },
): Grant & { member: Member } {
  const [, kind, id] = authorUrn.exec(author) ?? [];
  if (kind === undefined || id === undefined) throw badRequest(`No author: ${author}`);
  if (kind === "person") {
    const grant = authenticate(state, request, { resource, scopes: ["w_member_social"] });
    if (grant.member.id !== id) throw accessDenied(resource);
    return grant;
  }
  const grant = authenticate(state, request, { resource, scopes: ["w_organization_social"] });
  const organization = state.organizations.find((candidate) => String(candidate.id) === id);
  if (!organization || !mayPublish(roleOn(organization, grant.member))) throw accessDenied(resource);
  return grant;
}
