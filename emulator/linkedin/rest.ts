import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import type { Call } from "../routes.ts";
import * as comments from "./comments.ts";
import { notFound } from "./errors.ts";
import * as media from "./media.ts";
import * as organizations from "./organizations.ts";
import * as posts from "./posts.ts";
import type { LinkedInState } from "./state.ts";
import { checkVersion } from "./versions.ts";

/** The star is the call's `id`, without its escapes. */
const endpoints: Readonly<
  Record<string, (state: LinkedInState, call: Call & { resource: string }) => Answer>
> = {
  "POST posts": posts.create,
  "GET posts": posts.list,
  "GET posts/*": posts.get,
  "POST socialActions/*/comments": comments.create,
  "GET socialActions/*/comments": comments.list,
  "POST images": media.act,
  "POST videos": media.act,
  "POST documents": media.act,
  "GET images/*": media.status,
  "GET videos/*": media.status,
  "GET documents/*": media.status,
  "GET organizationAcls": organizations.acls,
  "GET organizationsLookup": organizations.lookup,
  "GET organizations/*": organizations.get,
};

/** Answers a request below `/rest/`. */
export function rest(state: LinkedInState, request: EmulatorRequest, twist: Twist): Answer {
  checkVersion(request, state.switches.oldestVersion, new Date(state.now()));
  const [, , resource = "", key, sub] = request.path.split("/").map(decoded);
  const call = `${request.method} ${resource}${key === undefined ? "" : "/*"}${sub === undefined ? "" : `/${sub}`}`;
  const endpoint = endpoints[call];
  if (!endpoint) throw notFound(`No resource ${request.path}`);
  return endpoint(state, { request, twist, resource, id: key ?? "" });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw notFound("The path is not well encoded");
  }
}
