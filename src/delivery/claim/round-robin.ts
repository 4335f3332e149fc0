/** Gives at most `limit` of its rows. */
export type Lane<Row> = (limit: number) => Promise<Row[]>;

/**
 * Takes from several lanes so that none that always has more leaves the others nothing: the same share for each,
 * what some leave to those that have more, and another one first each time.
 */
export function roundRobin<Row>(): (lanes: readonly Lane<Row>[], limit: number) => Promise<Row[]> {
  let turn = 0;
  return async (lanes, limit) => {
    const first = turn % Math.max(1, lanes.length);
    turn += 1;
    const order = [...lanes.slice(first), ...lanes.slice(0, first)];
    const taken: Row[] = [];
    const hasMore: Lane<Row>[] = [];
    for (const [index, lane] of order.entries()) {
      const share = Math.ceil((limit - taken.length) / (order.length - index));
      if (share === 0) break;
      const rows = await lane(share);
      taken.push(...rows);
      if (rows.length === share) hasMore.push(lane);
    }
    for (const lane of hasMore) {
      if (taken.length >= limit) break;
      taken.push(...(await lane(limit - taken.length)));
    }
    return taken;
  };
}
