import { badRequest, invalidContent } from "./errors.ts";
import { carried } from "./media.ts";
import type { LinkedInState, Post, PostContent } from "./state.ts";

const longestAltText = 4086;

/** What a post shows beside its text: null where that is all, a refusal for what LinkedIn does not take. */
export function contentOf(state: LinkedInState, value: unknown, author: string): PostContent | null {
  if (value === undefined) return null;
  const content = objectOf(value, "/content");
  const [kind, ...more] = Object.keys(content);
  if (kind === undefined || more.length > 0) throw badRequest("/content :: a union has exactly one member");
  const inner = objectOf(content[kind], `/content/${kind}`);
  if (kind === "media") {
    const id = text(inner["id"], "content.media.id");
    const found = carried(state, id, author);
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
          if (carried(state, id, author).kind !== "image") throw badRequest(`${id} is no image`);
          return { id, ...altOf(image) };
        }),
      },
    };
  }
  if (kind === "article") return { article: articleOf(state, inner, author) };
  throw badRequest(`/content/${kind} :: unrecognized union member`);
}

function articleOf(state: LinkedInState, inner: Record<string, unknown>, author: string) {
  const source = text(inner["source"], "article.source");
  if (!/^https?:$/.test(URL.parse(source)?.protocol ?? ""))
    throw invalidContent("article.source is no address");
  const thumbnail = optionalText(inner["thumbnail"], "article.thumbnail");
  if (thumbnail !== undefined) carried(state, thumbnail, author);
  const description = optionalText(inner["description"], "article.description");
  return {
    source,
    title: text(inner["title"], "article.title"),
    ...(description === undefined ? {} : { description }),
    ...(thumbnail === undefined ? {} : { thumbnail }),
  };
}

/** Text and link alone: pictures get a new id with every upload, so the platform cannot go by them. */
export function isSame(post: Post, wanted: { commentary: string; content: PostContent | null }): boolean {
  return post.commentary === wanted.commentary && identity(post.content) === identity(wanted.content);
}

function identity(content: PostContent | null): string {
  if (content === null) return "";
  if ("article" in content) return content.article.source;
  return JSON.stringify(content);
}

/** A text that has to be there. */
export function text(value: unknown, name: string): string {
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
