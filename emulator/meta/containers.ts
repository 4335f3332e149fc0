import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { GraphCall } from "./call.ts";
import { instagramError, invalidParameter } from "./errors.ts";
import { project } from "./fields.ts";
import { fetchMedia, jpegRatio, kindOf } from "./media-bytes.ts";
import { parsed } from "./params.ts";
import type { Container, MetaState } from "./state.ts";

// Containers, which Instagram publishes: https://developers.facebook.com/docs/instagram-platform/content-publishing

const dayMs = 24 * 3_600_000;
const largestImage = 8 * 1024 * 1024;

/** `POST /{account}/media` */
export async function createContainer(
  state: MetaState,
  { params, id: accountId }: GraphCall,
): Promise<Answer> {
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
    createdAt: state.now(),
    readyAt: state.now() + state.processingMs,
    error: null,
    published: false,
  };
  if (container.kind === "CAROUSEL")
    container.children = childrenOf(state, accountId, values.get("children"));
  else if (container.kind === "REELS") await readVideo(container, values);
  else await readImage(values.get("image_url"));
  state.containers.set(container.id, container);
  return json({ id: container.id });
}

function childrenOf(state: MetaState, accountId: string, list: string | undefined): string[] {
  const ids = idsIn(list ?? "");
  if (ids.length < 2 || ids.length > 10) {
    throw instagramError(36004, 2207028, "A carousel needs at least 2 and at most 10 photos or videos.");
  }
  for (const id of ids) {
    const child = state.containers.get(id);
    if (
      !child ||
      child.account !== accountId ||
      !child.carouselItem ||
      statusOf(state, child) === "EXPIRED"
    ) {
      throw instagramError(24, 2207006, `The media ${id} could not be found.`);
    }
  }
  return ids;
}

type Status = "IN_PROGRESS" | "FINISHED" | "ERROR" | "EXPIRED" | "PUBLISHED";

/** How far a container is, with the items of a carousel. */
export function statusOf(state: MetaState, container: Container): Status {
  if (container.published) return "PUBLISHED";
  if (state.now() - container.createdAt > dayMs) return "EXPIRED";
  const parts = [container, ...container.children.flatMap((id) => state.containers.get(id) ?? [])];
  if (parts.some(({ readyAt }) => readyAt > state.now())) return "IN_PROGRESS";
  return parts.some(({ error }) => error !== null) ? "ERROR" : "FINISHED";
}

/** `GET /{container}` */
export function container(state: MetaState, one: Container, { params }: GraphCall): Answer {
  const code = statusOf(state, one);
  const failed = [one, ...one.children.flatMap((id) => state.containers.get(id) ?? [])].find(
    ({ error }) => error !== null,
  );
  const status =
    code === "ERROR" ? `Error: ${failed?.error?.subcode ?? ""} ${failed?.error?.message ?? ""}` : code;
  return json(project({ id: one.id, status_code: code, status }, params.values.get("fields"), ["id"]));
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
