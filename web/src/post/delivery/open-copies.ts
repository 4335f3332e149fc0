import type { Delivery } from "../../api/types.ts";

type Copy = Delivery["secondCopies"][number];

/** Second copies that are out and that nobody has settled. */
export function openCopies({ secondCopies }: Pick<Delivery, "secondCopies">): Copy[] {
  return secondCopies.filter(({ acknowledgedAt }) => acknowledgedAt === null);
}

/** Whether what it is a copy of is live, too. Otherwise it is the only one: the item came up after its absence was believed. */
export function isTwice({ items }: Pick<Delivery, "items">, { item }: Pick<Copy, "item">): boolean {
  return items[item]?.state === "confirmed";
}
