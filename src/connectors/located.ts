import type { PlanItem, Published } from "./plan.ts";

/**
 * `sentAt`: t_send, when the first byte may have left. `from`: how far back a list must be read to prove anything,
 * which is earlier by as much as the platform's clock may differ from ours; a connector reads as far as that.
 * `afterLoss`: it may have been sent in a time that the database has lost, under a key that nobody knows any more. A
 * connector that has keys of its own and can list answers with a list, unless it finds the item under its key.
 */
export type LookedFor = { sentAt: Date; from: Date; afterLoss: boolean };

/** What reading back has shown. */
export type Located = LocatedByKey | LocatedInList;

/**
 * Something stands under a key of our own choosing, which is ours by construction, or nothing does. The answer covers
 * all of time, and no clock is in it. Of what was sent under another key it says nothing.
 */
export type LocatedByKey = { by: "key"; posts: (Published & { createdAt: Date })[] };

/**
 * A list of what the account has. It proves nothing by itself: delivery asks whether it reaches back far enough,
 * shows what it must and agrees about the time (docs/architecture.md, "What counts as proof").
 */
export type LocatedInList = {
  by: "list";
  /** Everything that was read, as well what is nothing like the item. */
  posts: ListedPost[];
  /** The list is complete back to this moment by the platform's clock; null where that is unknown. The epoch: to its end. */
  coversFrom: Date | null;
  /** Of which kinds it shows all that the account has; empty where it is about one parent alone. */
  shows: readonly PlanItem["kind"][];
  /** By a key of our own the platform says that the item is out: the list has to name it, and proves no absence. */
  isOut?: boolean;
};

/**
 * `aliases`: other ids under which a commit may have named it. `likeness`: "same" is what was sent, as this platform
 * keeps and tells it. "similar" may be it after an edit by the platform (`resembles` in `likeness.ts`).
 * `isForeign`: the platform names another application as its author, or a person.
 */
export type ListedPost = Published & {
  createdAt: Date;
  aliases?: readonly string[];
  likeness: Likeness;
  isForeign?: boolean;
};

export type Likeness = "same" | "similar" | "other";
