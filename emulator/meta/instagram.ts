import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { Twist } from "../faults.ts";
import type { PlatformClock } from "../clock.ts";
import { instagramError, invalidParameter, noSuchObject } from "./errors.ts";
import { paged, project } from "./fields.ts";
import { fetchMedia, jpegRatio, kindOf } from "./media-bytes.ts";
import { timeOf } from "./pages.ts";
import type { GraphParams } from "./params.ts";
import { parsed } from "./params.ts";
import type { Container, MetaPost, MetaState } from "./state.ts";
import { graphTime, shortcodeOf } from "./state.ts";

/** Publishing: https://developers.facebook.com/docs/instagram-platform/content-publishing */
export type InstagramEdges = {
  createContainer(accountId: string, params: GraphParams): Promise<Answer>;
  publish(accountId: string, params: GraphParams, twist: Twist): Answer;
  list(accountId: string, params: GraphParams, twist: Twist, address: string): Answer;
  publishingLimit(accountId: string): Answer;
  account(accountId: string, params: GraphParams): Answer;
  container(container: Container, params: GraphParams): Answer;
  media(post: MetaPost, params: GraphParams): Answer;
};

const dayMs = 24 * 3_600_000;
const postsPerDay = 100;
const largestImage = 8 * 1024 * 1024;

export function createInstagramEdges(
  state: MetaState,
  clock: PlatformClock,
  options: { processingMs: number; publicUrl: () => string },
): InstagramEdges {
  const now = (): number => clock.now().getTime();

  async function createContainer(accountId: string, params: GraphParams): Promise<Answer> {
    const { values } = params;
    const type = values.get("media_type");
    const caption = values.get("caption") ?? "";
    const altText = values.get("alt_text") ?? "";
    checkCaption(caption);
    if (Array.from(altText).length > 1000) throw invalidParameter("alt_text has at most 1000 characters.");
    const container: Container = {
      id: state.newId("container"),
      account: accountId,
      kind: type === "CAROUSEL" ? "CAROUSEL" : type === "REELS" || type === "VIDEO" ? "REELS" : "IMAGE",
      carouselItem: values.get("is_carousel_item") === "true",
      caption,
      altText,
      children: [],
      createdAt: now(),
      readyAt: now() + options.processingMs,
      error: null,
      published: false,
    };
    if (container.kind === "CAROUSEL") container.children = childrenOf(accountId, values.get("children"));
    else if (container.kind === "REELS") await readVideo(container, values);
    else await readImage(values.get("image_url"));
    state.containers.set(container.id, container);
    return json({ id: container.id });
  }

  function childrenOf(accountId: string, list: string | undefined): string[] {
    const ids = idsIn(list ?? "");
    if (ids.length < 2 || ids.length > 10) {
      throw instagramError(36004, 2207028, "A carousel needs at least 2 and at most 10 photos or videos.");
    }
    for (const id of ids) {
      const child = state.containers.get(id);
      if (!child || child.account !== accountId || !child.carouselItem || statusOf(child) === "EXPIRED") {
        throw instagramError(24, 2207006, `The media ${id} could not be found.`);
      }
    }
    return ids;
  }

  function statusOf(container: Container): "IN_PROGRESS" | "FINISHED" | "ERROR" | "EXPIRED" | "PUBLISHED" {
    if (container.published) return "PUBLISHED";
    if (now() - container.createdAt > dayMs) return "EXPIRED";
    const parts = [container, ...container.children.flatMap((id) => state.containers.get(id) ?? [])];
    if (parts.some(({ readyAt }) => readyAt > now())) return "IN_PROGRESS";
    return parts.some(({ error }) => error !== null) ? "ERROR" : "FINISHED";
  }

  function publish(accountId: string, params: GraphParams, twist: Twist): Answer {
    const container = state.containers.get(params.values.get("creation_id") ?? "");
    if (!container || container.account !== accountId || container.carouselItem) {
      throw instagramError(
        24,
        2207008,
        "The media builder with this creation id does not exist or has expired.",
      );
    }
    const status = statusOf(container);
    if (status === "EXPIRED") {
      throw instagramError(
        -2,
        2207020,
        "The media you are trying to access has expired. Please upload again.",
      );
    }
    if (status === "IN_PROGRESS") {
      throw instagramError(9007, 2207027, "The media is not ready for publishing, please wait for a moment.");
    }
    if (status === "ERROR")
      throw instagramError(-1, 2207032, "Create media fail, please try to re-create media.");
    if (status === "PUBLISHED") {
      throw instagramError(
        24,
        2207008,
        "The media builder with this creation id does not exist or has expired.",
      );
    }
    if (usage(accountId) >= postsPerDay) {
      throw instagramError(9, 2207042, "You reached the maximum number of posts that may be published.");
    }
    container.published = true;
    const post = add(container, twist);
    return json({ id: post.id });
  }

  function add(container: Container, twist: Twist): MetaPost {
    const createdAt = now() + twist.commitMs;
    const children = container.children.flatMap((id) => state.containers.get(id) ?? []);
    const mediaType = ({ IMAGE: "IMAGE", REELS: "VIDEO", CAROUSEL: "CAROUSEL_ALBUM" } as const)[
      container.kind
    ];
    const make = (ghost: boolean): MetaPost => ({
      id: state.newId("media"),
      account: container.account,
      kind: "post",
      text: container.caption,
      link: null,
      photos: [],
      video: null,
      altTexts: (children.length > 0 ? children : [container]).map(({ altText }) => altText),
      mediaType,
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

  function usage(accountId: string): number {
    return state.posts.of(accountId).filter((post) => post.createdAt > now() - dayMs).length;
  }

  function list(accountId: string, params: GraphParams, twist: Twist, address: string): Answer {
    const [since, until] = [timeOf(params.values.get("since")), timeOf(params.values.get("until"))];
    const items = state.posts
      .of(accountId)
      .filter((post) => post.listedAt <= Math.min(now(), twist.asOfMs))
      .filter(
        (post) => (since === null || post.createdAt >= since) && (until === null || post.createdAt <= until),
      )
      .toSorted((left, right) => right.createdAt - left.createdAt)
      .map((post) => project(node(post), params.values.get("fields"), ["id"]));
    return json(paged(twist.shuffle ? items.toReversed() : items, params.values, address));
  }

  function node(post: MetaPost): Record<string, unknown> {
    const shortcode = shortcodeOf(post);
    return {
      id: post.id,
      caption: post.text === "" ? undefined : post.text,
      alt_text: post.altTexts[0] === "" ? undefined : post.altTexts[0],
      media_type: post.mediaType,
      media_product_type: post.mediaType === "VIDEO" ? "REELS" : "FEED",
      timestamp: graphTime(post.createdAt),
      shortcode,
      permalink: `${options.publicUrl()}/p/${shortcode}/`,
    };
  }

  function account(accountId: string, params: GraphParams): Answer {
    const found = state.pages.find(({ instagram }) => instagram?.id === accountId)?.instagram;
    if (!found) throw noSuchObject(accountId, "GET");
    return json(
      project(
        {
          ...found,
          profile_picture_url: "https://scontent.example/instagram.jpg",
          media_count: usage(accountId),
        },
        params.values.get("fields"),
        ["id"],
      ),
    );
  }

  function container(one: Container, params: GraphParams): Answer {
    const code = statusOf(one);
    const failed = [one, ...one.children.flatMap((id) => state.containers.get(id) ?? [])].find(
      ({ error }) => error !== null,
    );
    const status =
      code === "ERROR" ? `Error: ${failed?.error?.subcode ?? ""} ${failed?.error?.message ?? ""}` : code;
    return json(project({ id: one.id, status_code: code, status }, params.values.get("fields"), ["id"]));
  }

  return {
    createContainer,
    publish,
    list,
    account,
    container,
    publishingLimit: (accountId) =>
      json({
        data: [
          {
            quota_usage: usage(accountId),
            config: { quota_total: postsPerDay, quota_duration: dayMs / 1000 },
          },
        ],
      }),
    media: (post, params) => json(project(node(post), params.values.get("fields"), ["id"])),
  };
}

function checkCaption(caption: string): void {
  if (Array.from(caption).length > 2200) {
    throw instagramError(36004, 2207010, "The caption was too long. It must be 2,200 characters or less.");
  }
  if ((caption.match(/#[\p{L}\p{N}_]/gu)?.length ?? 0) > 30) {
    throw instagramError(100, 2207040, "The caption has more than 30 hashtags.");
  }
}

async function readImage(address: string | undefined): Promise<void> {
  if (address === undefined) throw invalidParameter("The parameter image_url is required");
  const bytes = await fetchMedia(address);
  if (bytes === null) {
    throw instagramError(9004, 2207052, "The media could not be fetched from this URI.");
  }
  if (bytes.length > largestImage) {
    throw instagramError(36000, 2207004, "The image is too large to download. It should be less than 8 MiB.");
  }
  const ratio = kindOf(bytes) === "jpeg" ? jpegRatio(bytes) : null;
  if (ratio === null) {
    throw instagramError(36001, 2207005, "The image format is not supported. Only JPEG is.");
  }
  if (ratio < 0.799 || ratio > 1.92) {
    throw instagramError(36003, 2207009, "The aspect ratio is not supported; it must be from 4:5 to 1.91:1.");
  }
}

// A video is fetched after the answer: what is wrong with it stands in the container's status.
async function readVideo(container: Container, values: Map<string, string>): Promise<void> {
  const address = values.get("video_url");
  if (address === undefined) throw invalidParameter("The parameter video_url is required");
  if (container.altText !== "") throw invalidParameter("alt_text is for images only.");
  const bytes = await fetchMedia(address);
  if (bytes === null) container.error = { subcode: 2207052, message: "The video could not be fetched." };
  else if (kindOf(bytes) !== "mp4") {
    container.error = { subcode: 2207026, message: "The video format is not supported." };
  }
}

function idsIn(list: string): string[] {
  const value = parsed(list);
  return Array.isArray(value) ? value.map(String) : list.split(",").filter((id) => id !== "");
}
