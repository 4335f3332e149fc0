import type { Answer } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { Call } from "../routes.ts";
import type { ByHand } from "../rules.ts";
import { authenticateAuthor } from "./authors.ts";
import { contentOf, isSame, text } from "./content.ts";
import { accessDenied, badRequest, dayLimit, duplicateOf, invalidContent, notFound } from "./errors.ts";
import { littleText, shownText } from "./little-text.ts";
import { authenticate } from "./oauth.ts";
import { pageOf } from "./paging.ts";
import type { LinkedInState, Post } from "./state.ts";

const longestCommentary = 3000;
const visibilities = new Set(["PUBLIC", "CONNECTIONS", "LOGGED_IN"]);

/** `POST /rest/posts` */
export function create(state: LinkedInState, { request, twist }: Call): Answer {
  const body = jsonBody(request);
  const author = text(body["author"], "author");
  const grant = authenticateAuthor(state, request, { author, resource: "partnerApiPosts.CREATE" });
  const commentary = text(body["commentary"], "commentary");
  const visibility = text(body["visibility"], "visibility");
  if (!visibilities.has(visibility)) throw badRequest(`/visibility :: "${visibility}" is not an enum symbol`);
  if (author.startsWith("urn:li:organization:") && visibility === "CONNECTIONS") {
    throw invalidContent("Organizations have no connections: visibility is PUBLIC or LOGGED_IN");
  }
  if (body["lifecycleState"] !== "PUBLISHED") throw badRequest("/lifecycleState :: a new post is PUBLISHED");
  if (typeof body["distribution"] !== "object" || body["distribution"] === null) {
    throw badRequest("/distribution :: field is required but not found and has no default value");
  }
  const content = contentOf(state, body["content"], author);
  if (Array.from(shownText(commentary)).length > longestCommentary) {
    throw invalidContent(`/commentary :: length is more than the ${longestCommentary} characters allowed`);
  }
  if (commentary.trim() === "" && content === null)
    throw invalidContent("A post needs commentary or content");
  refuseOverLimit(state, author, grant.clientId);
  const standing = state.posts
    .of(author)
    .find((post) => !post.ghost && isSame(post, { commentary, content }));
  if (standing && state.switches.refusesDuplicates) throw duplicateOf(standing.urn);
  const createdAt = state.now() + twist.commitMs;
  const post: Post = {
    urn: `urn:li:${content !== null && "media" in content ? "ugcPost" : "share"}:${state.nextNumber()}`,
    author,
    clientId: grant.clientId,
    commentary,
    visibility,
    content,
    createdAt,
    listedAt: createdAt + twist.listingMs,
    ghost: false,
  };
  state.posts.add(post);
  countOne(state, author, grant.clientId);
  if (twist.ghost) state.posts.add({ ...post, urn: `urn:li:share:${state.nextNumber()}`, ghost: true });
  return { status: 201, headers: { "x-restli-id": post.urn, "x-linkedin-id": post.urn }, body: "" };
}

/** A person posts as this author. */
export function byHand(state: LinkedInState, { account, text: plain, createdAt }: ByHand): void {
  state.posts.add({
    urn: `urn:li:share:${state.nextNumber()}`,
    author: account,
    clientId: "",
    commentary: littleText(plain),
    visibility: "PUBLIC",
    content: null,
    createdAt,
    listedAt: createdAt,
    ghost: false,
    byHand: true,
  });
}

/** LinkedIn counts calls of a UTC day. */
function refuseOverLimit(state: LinkedInState, author: string, clientId: string): void {
  const { memberPostsPerDay, appPostsPerDay } = state.switches;
  if ((state.counted.get(today(state, author)) ?? 0) >= memberPostsPerDay) throw dayLimit("MEMBER");
  if ((state.counted.get(today(state, clientId)) ?? 0) >= appPostsPerDay) throw dayLimit("APPLICATION");
}

function countOne(state: LinkedInState, ...who: string[]): void {
  for (const one of who)
    state.counted.set(today(state, one), (state.counted.get(today(state, one)) ?? 0) + 1);
}

function today(state: LinkedInState, who: string): string {
  return `${dayOf(state.now())} ${who}`;
}

/** `GET /rest/posts?q=author&author={urn}` */
export function list(state: LinkedInState, { request, twist }: Call): Answer {
  const author = request.query.get("author") ?? "";
  if (request.query.get("q") !== "author") throw badRequest("Unknown finder");
  // Reading what members posted is a closed permission.
  if (!author.startsWith("urn:li:organization:")) throw accessDenied("partnerApiPosts.FINDER-author");
  authenticate(state, request, {
    resource: "partnerApiPosts.FINDER-author",
    scopes: ["r_organization_social"],
  });
  const now = state.now();
  const own = state.posts
    .of(author)
    .filter((post) => post.listedAt <= Math.min(now, twist.asOfMs))
    .toSorted((left, right) => right.createdAt - left.createdAt);
  return pageOf(request, twist.shuffle ? own.toReversed() : own, wire, state.switches);
}

/** `GET /rest/posts/{urn}` */
export function get(state: LinkedInState, { request, id: urn }: Call): Answer {
  const post = state.posts.get(urn);
  const read =
    post?.author.startsWith("urn:li:person:") === true ? "r_member_social" : "r_organization_social";
  authenticate(state, request, { resource: "partnerApiPosts.GET", scopes: [read] });
  if (!post || post.createdAt > state.now()) throw notFound("Could not find the post");
  return json(wire(post));
}

function wire(post: Post): Record<string, unknown> {
  return {
    id: post.urn,
    author: post.author,
    commentary: post.commentary,
    visibility: post.visibility,
    lifecycleState: "PUBLISHED",
    lifecycleStateInfo: { isEditedByAuthor: false },
    isReshareDisabledByAuthor: false,
    distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
    ...(post.content === null ? {} : { content: post.content }),
    createdAt: post.createdAt,
    publishedAt: post.createdAt,
    lastModifiedAt: post.createdAt,
  };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
