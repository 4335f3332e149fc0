import type { ListedPost, Located, LookedFor } from "#connectors";

/** As far as delivery has a list read back: by the two minutes that clocks may differ. */
export function since(sentAt: Date, afterLoss = false): LookedFor {
  return { sentAt, from: new Date(sentAt.getTime() - 120_000), afterLoss };
}

/** What equals the item, the newest first. */
export function matchesIn(located: Located): Pick<ListedPost, "externalId" | "url" | "createdAt">[] {
  const same =
    located.by === "key" ? located.posts : located.posts.filter(({ likeness }) => likeness === "same");
  return same.toSorted((left, right) => right.createdAt.getTime() - left.createdAt.getTime());
}

/** How far back the answer is whole; null where that is unknown. */
export function coverageOf(located: Located): Date | null {
  return located.by === "key" ? new Date(0) : located.coversFrom;
}

/** Both, to be compared as one. */
export function told(located: Located | "unsupported") {
  if (located === "unsupported") return located;
  return { matches: matchesIn(located), coversFrom: coverageOf(located) };
}
