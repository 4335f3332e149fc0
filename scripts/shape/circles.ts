/** Groups of nodes that reach each other, each sorted by name: the strongly connected components of more than one (Tarjan 1972). */
export function circlesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];

  function enter(node: string): number {
    const index = order.size;
    let lowest = index;
    order.set(node, index);
    open.push(node);
    for (const next of edges.get(node) ?? []) {
      const seen = order.get(next);
      if (seen === undefined) lowest = Math.min(lowest, enter(next));
      else if (open.includes(next)) lowest = Math.min(lowest, seen);
    }
    if (lowest === index) {
      const circle = open.splice(open.indexOf(node));
      if (circle.length > 1) circles.push(circle.toSorted());
    }
    return lowest;
  }

  for (const node of edges.keys()) if (!order.has(node)) enter(node);
  return circles;
}
