import type { Twist } from "../faults.ts";
import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { GraphCall } from "./call.ts";
import { statusOf } from "./containers.ts";
import { instagramError, noSuchObject } from "./errors.ts";
import { paged, project } from "./fields.ts";
import { timeOf } from "./pages.ts";
import type { Container, MetaPost, MetaState } from "./state.ts";
import { graphTime, shortcodeOf } from "./state.ts";

// Publishing: https://developers.facebook.com/docs/instagram-platform/content-publishing

const dayMs = 24 * 3_600_000;
const postsPerDay = 100;

/** `POST /{account}/media_publish` */
export function publish(state: MetaState, { params, twist, id: accountId }: GraphCall): Answer {
  const container = state.containers.get(params.values.get("creation_id") ?? "");
  if (!container || container.account !== accountId || container.carouselItem) {
    throw instagramError(
      24,
      2207008,
      "The media builder with this creation id does not exist or has expired.",
    );
  }
  const status = statusOf(state, container);
  if (status === "EXPIRED") {
    throw instagramError(-2, 2207020, "The media you are trying to access has expired. Please upload again.");
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
  if (usage(state, accountId) >= postsPerDay) {
    throw instagramError(9, 2207042, "You reached the maximum number of posts that may be published.");
  }
  container.published = true;
  const post = add(state, container, twist);
  return json({ id: post.id });
}

function add(state: MetaState, container: Container, twist: Twist): MetaPost {
  const createdAt = state.now() + twist.commitMs;
  const children = container.children.flatMap((id) => state.containers.get(id) ?? []);
  const mediaType = ({ IMAGE: "IMAGE", REELS: "VIDEO", CAROUSEL: "CAROUSEL_ALBUM" } as const)[container.kind];
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

function usage(state: MetaState, accountId: string): number {
  return state.posts.of(accountId).filter((post) => post.createdAt > state.now() - dayMs).length;
}

/** `GET /{account}/media`: newest first. */
export function list(state: MetaState, call: GraphCall): Answer {
  const { params, twist, id: accountId, address } = call;
  const [since, until] = [timeOf(params.values.get("since")), timeOf(params.values.get("until"))];
  const items = state.posts
    .of(accountId)
    .filter((post) => post.listedAt <= Math.min(state.now(), twist.asOfMs))
    .filter(
      (post) => (since === null || post.createdAt >= since) && (until === null || post.createdAt <= until),
    )
    .toSorted((left, right) => right.createdAt - left.createdAt)
    .map((post) => project(node(state, post), params.values.get("fields"), ["id"]));
  return json(paged(twist.shuffle ? items.toReversed() : items, params.values, address));
}

function node(state: MetaState, post: MetaPost): Record<string, unknown> {
  const shortcode = shortcodeOf(post);
  return {
    id: post.id,
    caption: post.text === "" ? undefined : post.text,
    alt_text: post.altTexts[0] === "" ? undefined : post.altTexts[0],
    media_type: post.mediaType,
    media_product_type: post.mediaType === "VIDEO" ? "REELS" : "FEED",
    timestamp: graphTime(post.createdAt),
    shortcode,
    permalink: `${state.publicUrl()}/p/${shortcode}/`,
  };
}

/** `GET /{account}/content_publishing_limit` */
export function publishingLimit(state: MetaState, { id: accountId }: GraphCall): Answer {
  const config = { quota_total: postsPerDay, quota_duration: dayMs / 1000 };
  return json({ data: [{ quota_usage: usage(state, accountId), config }] });
}

/** One post, as `fields` of the call want it. */
export function media(state: MetaState, post: MetaPost, { params }: GraphCall): Answer {
  return json(project(node(state, post), params.values.get("fields"), ["id"]));
}

/** `GET /{account}` */
export function account(state: MetaState, { params, id: accountId }: GraphCall): Answer {
  const found = state.pages.find(({ instagram }) => instagram?.id === accountId)?.instagram;
  if (!found) throw noSuchObject(accountId, "GET");
  return json(
    project(
      {
        ...found,
        profile_picture_url: "https://scontent.example/instagram.jpg",
        media_count: usage(state, accountId),
      },
      params.values.get("fields"),
      ["id"],
    ),
  );
}
