import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { PlatformClock } from "../clock.ts";
import type { ByHand } from "../platform.ts";
import type { Authors } from "./authors.ts";
import { accessDenied, badRequest, dayLimit, duplicateOf, invalidContent, notFound } from "./errors.ts";
import { littleText, shownText } from "./little-text.ts";
import type { MediaApi } from "./media.ts";
import { carried } from "./media.ts";
import type { OAuth } from "./oauth.ts";
import { pageOf } from "./paging.ts";
import type { LinkedInState, Post, PostContent } from "./state.ts";

const longestCommentary = 3000;
const longestAltText = 4086;
const visibilities = new Set(["PUBLIC", "CONNECTIONS", "LOGGED_IN"]);

export type PostsApi = {
  /** `POST /rest/posts` */
  create(request: EmulatorRequest, twist: Twist): Answer;
  /** `GET /rest/posts?q=author&author={urn}` */
  list(request: EmulatorRequest, twist: Twist): Answer;
  /** A person posts as this author. */
  byHand(post: ByHand): void;
  /** `GET /rest/posts/{urn}` */
  get(request: EmulatorRequest, urn: string): Answer;
};

export function createPosts(
  state: LinkedInState,
  parts: { oauth: OAuth; authors: Authors; media: MediaApi; clock: PlatformClock },
): PostsApi {
  const { oauth, authors, media, clock } = parts;
  /** Posts of a day, by author and by app. */
  const counted = new Map<string, number>();

  function create(request: EmulatorRequest, twist: Twist): Answer {
    const body = jsonBody(request);
    const author = text(body["author"], "author");
    const grant = authors.authenticate(request, author, "partnerApiPosts.CREATE");
    const commentary = text(body["commentary"], "commentary");
    const visibility = text(body["visibility"], "visibility");
    if (!visibilities.has(visibility))
      throw badRequest(`/visibility :: "${visibility}" is not an enum symbol`);
    if (author.startsWith("urn:li:organization:") && visibility === "CONNECTIONS") {
      throw invalidContent("Organizations have no connections: visibility is PUBLIC or LOGGED_IN");
    }
    if (body["lifecycleState"] !== "PUBLISHED")
      throw badRequest("/lifecycleState :: a new post is PUBLISHED");
    if (typeof body["distribution"] !== "object" || body["distribution"] === null) {
      throw badRequest("/distribution :: field is required but not found and has no default value");
    }
    const content = contentOf(body["content"], author);
    if (Array.from(shownText(commentary)).length > longestCommentary) {
      throw invalidContent(`/commentary :: length is more than the ${longestCommentary} characters allowed`);
    }
    if (commentary.trim() === "" && content === null)
      throw invalidContent("A post needs commentary or content");
    refuseOverLimit(author, grant.clientId);
    const standing = state.posts
      .of(author)
      .find((post) => !post.ghost && isSame(post, { commentary, content }));
    if (standing && state.switches.refusesDuplicates) throw duplicateOf(standing.urn);
    const createdAt = clock.now().getTime() + twist.commitMs;
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
    countOne(author, grant.clientId);
    if (twist.ghost) state.posts.add({ ...post, urn: `urn:li:share:${state.nextNumber()}`, ghost: true });
    return { status: 201, headers: { "x-restli-id": post.urn, "x-linkedin-id": post.urn }, body: "" };
  }

  function byHand({ account, text: plain, createdAt }: ByHand): void {
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
  function refuseOverLimit(author: string, clientId: string): void {
    const { memberPostsPerDay, appPostsPerDay } = state.switches;
    if ((counted.get(today(author)) ?? 0) >= memberPostsPerDay) throw dayLimit("MEMBER");
    if ((counted.get(today(clientId)) ?? 0) >= appPostsPerDay) throw dayLimit("APPLICATION");
  }

  function countOne(...who: string[]): void {
    for (const one of who) counted.set(today(one), (counted.get(today(one)) ?? 0) + 1);
  }

  function today(who: string): string {
    return `${dayOf(clock.now().getTime())} ${who}`;
  }

  function contentOf(value: unknown, author: string): PostContent | null {
    if (value === undefined) return null;
    const content = objectOf(value, "/content");
    const [kind, ...more] = Object.keys(content);
    if (kind === undefined || more.length > 0) throw badRequest("/content :: a union has exactly one member");
    const inner = objectOf(content[kind], `/content/${kind}`);
    if (kind === "media") {
      const id = text(inner["id"], "content.media.id");
      const found = carried(state, media, id, author);
      const title = optionalText(inner["title"], "title");
      if (found.kind === "document" && title === undefined) throw invalidContent("A document needs a title");
      return { media: { id, ...(title === undefined ? {} : { title }), ...altOf(inner) } };
    }
    if (kind === "multiImage") {
      const images = Array.isArray(inner["images"]) ? inner["images"] : [];
      if (images.length < 2 || images.length > 20) throw invalidContent("multiImage holds 2 to 20 images");
      return {
        multiImage: {
          images: images.map((item: unknown) => {
            const image = objectOf(item, "/content/multiImage/images");
            const id = text(image["id"], "image.id");
            if (carried(state, media, id, author).kind !== "image") throw badRequest(`${id} is no image`);
            return { id, ...altOf(image) };
          }),
        },
      };
    }
    if (kind === "article") return { article: articleOf(inner, author) };
    throw badRequest(`/content/${kind} :: unrecognized union member`);
  }

  function articleOf(inner: Record<string, unknown>, author: string) {
    const source = text(inner["source"], "article.source");
    if (!/^https?:$/.test(URL.parse(source)?.protocol ?? ""))
      throw invalidContent("article.source is no address");
    const thumbnail = optionalText(inner["thumbnail"], "article.thumbnail");
    if (thumbnail !== undefined) carried(state, media, thumbnail, author);
    const description = optionalText(inner["description"], "article.description");
    return {
      source,
      title: text(inner["title"], "article.title"),
      ...(description === undefined ? {} : { description }),
      ...(thumbnail === undefined ? {} : { thumbnail }),
    };
  }

  function list(request: EmulatorRequest, twist: Twist): Answer {
    const author = request.query.get("author") ?? "";
    if (request.query.get("q") !== "author") throw badRequest("Unknown finder");
    // Reading what members posted is a closed permission.
    if (!author.startsWith("urn:li:organization:")) throw accessDenied("partnerApiPosts.FINDER-author");
    oauth.authenticate(request, "partnerApiPosts.FINDER-author", ["r_organization_social"]);
    const now = clock.now().getTime();
    const own = state.posts
      .of(author)
      .filter((post) => post.listedAt <= Math.min(now, twist.asOfMs))
      .toSorted((left, right) => right.createdAt - left.createdAt);
    return pageOf(request, twist.shuffle ? own.toReversed() : own, wire, state.switches);
  }

  function get(request: EmulatorRequest, urn: string): Answer {
    const post = state.posts.get(urn);
    const read =
      post?.author.startsWith("urn:li:person:") === true ? "r_member_social" : "r_organization_social";
    oauth.authenticate(request, "partnerApiPosts.GET", [read]);
    if (!post || post.createdAt > clock.now().getTime()) throw notFound("Could not find the post");
    return json(wire(post));
  }

  return { create, byHand, list, get };
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

/** Text and link alone: pictures get a new id with every upload, so the platform cannot go by them. */
function isSame(post: Post, wanted: { commentary: string; content: PostContent | null }): boolean {
  return post.commentary === wanted.commentary && identity(post.content) === identity(wanted.content);
}

function identity(content: PostContent | null): string {
  if (content === null) return "";
  if ("article" in content) return content.article.source;
  return JSON.stringify(content);
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function text(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw badRequest(`/${name} :: field is required but not found and has no default value`);
}

function optionalText(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : text(value, name);
}

function altOf(value: Record<string, unknown>): { altText?: string } {
  const altText = optionalText(value["altText"], "altText");
  if (altText === undefined) return {};
  if (altText.length >= longestAltText)
    throw invalidContent(`altText holds less than ${longestAltText} characters`);
  return { altText };
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw badRequest(`${name} :: is not an object`);
}
