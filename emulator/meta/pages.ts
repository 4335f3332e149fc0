import type { Twist } from "../faults.ts";
import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { GraphCall } from "./call.ts";
import { GraphRefusal, invalidParameter } from "./errors.ts";
import { paged, project } from "./fields.ts";
import { fetchMedia, kindOf } from "./media-bytes.ts";
import { isRecord, parsed } from "./params.ts";
import type { MetaPage, MetaPost, MetaState, Photo } from "./state.ts";
import { graphTime } from "./state.ts";

// The edges of a Page: https://developers.facebook.com/docs/graph-api/reference/page/feed

const longestMessage = 63_206;
const largestPhoto = 10_000_000;
const dayMs = 24 * 3_600_000;

/** `POST /{page}/feed` */
export function publish(state: MetaState, page: MetaPage, { params, twist }: GraphCall): Answer {
  mustCreate(page);
  const message = params.values.get("message") ?? "";
  const link = params.values.get("link") ?? null;
  const photos = attached(state, page, params.values.get("attached_media"));
  if (Array.from(message).length > longestMessage) {
    throw invalidParameter(`Param message must be at most ${longestMessage} characters long.`);
  }
  if (message.trim() === "" && link === null && photos.length === 0) {
    throw invalidParameter("Missing message or attachment", 1349125);
  }
  if (link !== null && !/^https?:$/.test(URL.parse(link)?.protocol ?? "")) {
    throw new GraphRefusal({ status: 400, code: 1500, message: "The url you supplied is invalid" });
  }
  if (params.values.get("published") === "false") {
    throw invalidParameter("This emulator publishes posts at once.");
  }
  if (photos.length === 0 && isDuplicate(state, page, { text: message, link })) {
    throw new GraphRefusal({
      status: 400,
      code: 506,
      message: "Duplicate status message",
      userMessage: "This status update is identical to the last one you posted.",
    });
  }
  for (const photo of photos) Object.assign(photo, { used: true, published: true });
  return json({ id: add(state, page, { text: message, link, photos, twist }).id });
}

function isDuplicate(
  state: MetaState,
  page: MetaPage,
  { text, link }: { text: string; link: string | null },
): boolean {
  const last = state.posts.of(page.id).at(-1);
  return last !== undefined && last.text === text && last.link === link && last.photos.length === 0;
}

function add(
  state: MetaState,
  page: MetaPage,
  { twist, ...content }: { text: string; link: string | null; photos: Photo[]; twist: Twist },
): MetaPost {
  const createdAt = state.now() + twist.commitMs;
  const make = (ghost: boolean): MetaPost => ({
    id: `${page.id}_${state.newId("post")}`,
    account: page.id,
    kind: "post",
    text: content.text,
    link: content.link,
    photos: content.photos.map(({ id }) => id),
    video: null,
    altTexts: content.photos.map(({ altText }) => altText),
    mediaType: null,
    parent: null,
    createdAt,
    listedAt: createdAt + twist.listingMs,
    ghost,
  });
  const post = make(false);
  state.posts.add(post);
  if (twist.ghost) state.posts.add(make(true));
  return post;
}

function attached(state: MetaState, page: MetaPage, list: string | undefined): Photo[] {
  if (list === undefined) return [];
  const items = parsed(list);
  if (!Array.isArray(items)) throw invalidParameter("param attached_media must be an array.");
  return items.map((item: unknown) => {
    const photo = state.photos.get(String(isRecord(item) ? item["media_fbid"] : ""));
    const gone = photo?.temporary === true && state.now() - photo.uploadedAt > dayMs;
    if (!photo || photo.pageId !== page.id || gone) {
      throw invalidParameter("The photo that you attached was not found; it may have expired.", 1366046);
    }
    if (photo.used) throw invalidParameter("A photo that is published already cannot be attached.", 1366051);
    return photo;
  });
}

/** `POST /{page}/photos` */
export async function uploadPhoto(
  state: MetaState,
  page: MetaPage,
  { params, twist }: GraphCall,
): Promise<Answer> {
  mustCreate(page);
  const bytes = params.files.get("source")?.bytes ?? (await fetched(params.values.get("url")));
  const kind = kindOf(bytes);
  if (kind === null || kind === "mp4" || kind === "webp") {
    throw new GraphRefusal({
      status: 400,
      code: 324,
      message: "(#324) Missing or invalid image file",
      userMessage: "Your photos couldn't be uploaded. Photos should be saved as JPG, PNG, GIF, TIFF.",
    });
  }
  if (bytes.length > largestPhoto) throw invalidParameter("The image is too large.", 1366046);
  const isPublished = params.values.get("published") !== "false";
  const photo: Photo = {
    id: state.newId("photo"),
    pageId: page.id,
    altText: params.values.get("alt_text_custom") ?? "",
    published: isPublished,
    temporary: params.values.get("temporary") === "true",
    uploadedAt: state.now(),
    used: isPublished,
  };
  state.photos.set(photo.id, photo);
  if (!isPublished) return json({ id: photo.id });
  const text = params.values.get("message") ?? params.values.get("caption") ?? "";
  return json({ id: photo.id, post_id: add(state, page, { text, link: null, photos: [photo], twist }).id });
}

/** `GET /{page}/published_posts`: newest first. */
export function list(state: MetaState, page: MetaPage, { params, twist, address }: GraphCall): Answer {
  const [since, until] = [timeOf(params.values.get("since")), timeOf(params.values.get("until"))];
  const posts = state.posts
    .of(page.id)
    .filter((post) => post.listedAt <= Math.min(state.now(), twist.asOfMs))
    .filter(
      (post) => (since === null || post.createdAt >= since) && (until === null || post.createdAt <= until),
    )
    .toSorted((left, right) => right.createdAt - left.createdAt)
    .map((post) =>
      project(node(state, post), params.values.get("fields"), ["created_time", "message", "id"]),
    );
  return json(paged(twist.shuffle ? posts.toReversed() : posts, params.values, address));
}

/** One post, as `fields` of the call want it. */
export function post(state: MetaState, shown: MetaPost, { params }: GraphCall): Answer {
  return json(project(node(state, shown), params.values.get("fields"), ["created_time", "message", "id"]));
}

function node(state: MetaState, post: MetaPost): Record<string, unknown> {
  return {
    id: post.id,
    message: post.text === "" ? undefined : post.text,
    created_time: graphTime(post.createdAt),
    permalink_url: `${state.publicUrl()}/${post.id}`,
    from: { id: post.account, name: state.pages.find(({ id }) => id === post.account)?.name ?? "" },
    is_published: true,
    attachments: { data: attachments(post) },
  };
}

/** Refuses what needs a task that the person does not have on the Page. */
export function mustCreate(page: MetaPage): void {
  if (page.tasks.includes("CREATE_CONTENT")) return;
  throw new GraphRefusal({
    status: 403,
    code: 200,
    message: "(#200) The user hasn't authorized the application to perform this action",
  });
}

/** Seconds since the epoch, or a date; null where the parameter is absent. */
export function timeOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

async function fetched(url: string | undefined): Promise<Buffer> {
  if (url === undefined) throw invalidParameter("(#324) Requires upload file");
  const bytes = await fetchMedia(url);
  if (bytes !== null) return bytes;
  throw invalidParameter("The image could not be fetched from its address.", 2069019);
}

function photoAttachment(id: string): Record<string, unknown> {
  return { media_type: "photo", target: { id, url: `https://www.facebook.com/photo/?fbid=${id}` } };
}

function attachments(post: MetaPost): Record<string, unknown>[] {
  if (post.video !== null) return [{ media_type: "video", target: { id: post.video } }];
  if (post.photos.length > 1) {
    return [
      {
        media_type: "album",
        target: { id: post.id },
        subattachments: { data: post.photos.map(photoAttachment) },
      },
    ];
  }
  if (post.photos.length === 1) return post.photos.map(photoAttachment);
  if (post.link === null) return [];
  // As it leads there, not as it was written.
  const unshimmed = URL.parse(post.link)?.href ?? post.link;
  return [{ media_type: "link", unshimmed_url: unshimmed, title: "A page" }];
}
