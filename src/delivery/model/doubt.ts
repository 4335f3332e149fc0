import type { ListedPost, Located, Published } from "#connectors";
import { sameAddress, webAddress } from "#kit";

/** Why a reading of the platform proves nothing. */
export const doubtReasons = [
  /** The platform does not let anybody read back what was published. */
  "unsupported",
  /** It did not answer, or not in a form that Galley understands. */
  "unreadable",
  /** Several equal posts, and parts follow that answer to one of them. */
  "several_equal",
  /** Its clock is further from ours than clocks may differ. */
  "clock",
  /** Its answers come out of a cache, and show what was. */
  "cached",
  /** Its list ends after the moment of sending. */
  "reach",
  /** It shows what may be the post after an edit, or may be somebody else's. */
  "resembles",
  /** It says that it has the post, and does not show it. */
  "twin",
  /** Its list lacks what Galley has seen published. */
  "witnesses",
  /** Nothing stands under the item's key, and in a time that was lost it may have gone out under another one. */
  "other_key",
  /** No process of Galley lived long enough to watch for as long as the platform may take to show a post. */
  "unwatched",
] as const;
export type DoubtReason = (typeof doubtReasons)[number];

/** A post that nobody owns and that may be the item; `url` is an address for a browser, or null. */
export type SeenPost = {
  url: string | null;
  /** As the platform names it, for what answers to it; doubts of earlier versions have none. */
  externalId?: string;
  /** By the platform's clock, as ISO text; null where it is not told. */
  createdAt: string | null;
  likeness: "same" | "similar";
};

/** What a look has shown that proves nothing: kept with the attempt, and told to the person who is asked. */
export type Doubt = {
  reason: DoubtReason;
  /** The reason in words, without the addresses. */
  message: string;
  /** How far back the list was whole, as ISO text: the epoch where it was read to its end; null where that is unknown. */
  coversFrom: string | null;
  /** The likeliest first. */
  seen: SeenPost[];
};

/** More would be a list that nobody reads. */
const mostSeen = 5;

const isEqual = ({ likeness }: { likeness?: string }) => likeness !== "similar";

/** What is told of `posts`: equal ones before those that only resemble the item, then the closest to `sentAt`. */
export function seenPosts(
  posts: readonly (Published & Pick<ListedPost, "createdAt"> & { likeness?: string })[],
  sentAt: Date,
): SeenPost[] {
  const distance = ({ createdAt }: { createdAt: Date }) => Math.abs(createdAt.getTime() - sentAt.getTime());
  return posts
    .toSorted(
      (left, right) => Number(isEqual(right)) - Number(isEqual(left)) || distance(left) - distance(right),
    )
    .slice(0, mostSeen)
    .map((post) => ({
      url: webAddress(post.url),
      ...(post.externalId === "" ? {} : { externalId: post.externalId }),
      createdAt: Number.isNaN(post.createdAt.getTime()) ? null : post.createdAt.toISOString(),
      likeness: isEqual(post) ? "same" : "similar",
    }));
}

/** The id of the post that Galley has read at this address; null where it has read none, or several. */
export function idSeenAt(doubt: Doubt | null, url: string): string | null {
  const ids = (doubt?.seen ?? [])
    .filter((post) => sameAddress(post.url, url))
    .flatMap(({ externalId }) => externalId ?? []);
  return new Set(ids).size === 1 ? (ids[0] ?? null) : null;
}

/** How far back what was read is whole. */
export function coverageOf(located: Located | "unsupported"): string | null {
  return located !== "unsupported" && located.by === "list"
    ? (located.coversFrom?.toISOString() ?? null)
    : null;
}
