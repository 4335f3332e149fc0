/** Things in the order in which they came, found by id or by what they belong to without a look at all others. */
export type Shelf<Item> = {
  readonly all: readonly Item[];
  add(item: Item): void;
  get(id: string): Item | undefined;
  /** Oldest first. */
  of(group: string): readonly Item[];
};

/** `groupsOf`: whatever its owners ask by, as the account or the thing that a comment stands under. */
export function createShelf<Item>(
  idsOf: (item: Item) => readonly string[],
  groupsOf: (item: Item) => readonly string[],
): Shelf<Item> {
  const all: Item[] = [];
  const byId = new Map<string, Item>();
  const byGroup = new Map<string, Item[]>();
  return {
    all,
    add(item) {
      all.push(item);
      for (const id of idsOf(item)) if (!byId.has(id)) byId.set(id, item);
      for (const group of groupsOf(item)) {
        const others = byGroup.get(group);
        if (others) others.push(item);
        else byGroup.set(group, [item]);
      }
    },
    get: (id) => byId.get(id),
    of: (group) => byGroup.get(group) ?? [],
  };
}
