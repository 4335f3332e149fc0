import type { Published } from "#connectors";
import type { AttemptRecord, Claimed } from "./claimed.ts";
import { idTaken } from "./codes.ts";

/** What items before `item` became: a reply needs its parent. */
export function publishedBefore(attempts: readonly AttemptRecord[], item: number): Published[] {
  return attempts
    .filter((attempt) => attempt.state === "confirmed" && attempt.item < item)
    .map(({ externalId, externalUrl, externalData }) => ({
      externalId: externalId ?? "",
      url: externalUrl,
      data: externalData ?? {},
    }));
}

/** What an earlier attempt at an item left over, for `ItemRef.only`; nothing where no attempt was taken in part. */
export function leftOver(attempts: readonly AttemptRecord[], item: number): { only?: string[] } {
  const last = attempts.findLast((attempt) => attempt.item === item && attempt.state === "partly");
  return last ? { only: last.deferred.map(({ address }) => address) } : {};
}

/**
 * The stable key of an item: the idempotency key where a platform takes one. What stands under it may belong to an
 * equal post that was read back first; once it is proven that nothing else does, the item gets a new key, or the
 * platform would name that post again and again.
 */
export function itemKey({ id, attempts }: Pick<Claimed, "id" | "attempts">, item: number): string {
  const spent = attempts.filter(
    (attempt) => attempt.item === item && attempt.state === "absent_proven" && attempt.errorCode === idTaken,
  ).length;
  return spent === 0 ? `${id}-${item}` : `${id}-${item}-${spent}`;
}
