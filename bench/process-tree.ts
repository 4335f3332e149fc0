import { readdir, readFile } from "node:fs/promises";

async function parentOf(pid: string): Promise<string | null> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name in parentheses may hold anything; the state and the parent follow it.
  return /\) \S (\d+) /.exec(status.slice(status.lastIndexOf(")")))?.[1] ?? null;
}

async function treeOf(root: number): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(pids.map(parentOf));
  const tree = [String(root)];
  for (const parent of tree) {
    for (const [index, pid] of pids.entries()) if (parents[index] === parent) tree.push(pid);
  }
  return tree;
}

/**
 * Memory of a process and all below it, in MB. PSS counts each page that several share once in sum
 * (Linux, `proc_pid_smaps_rollup`), so that PostgreSQL's processes are not counted for the same buffers.
 */
export async function treeMegabytes(root: number): Promise<number> {
  const tree = await treeOf(root);
  const sizes = await Promise.all(
    tree.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
      return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU seconds that a process and all below it have used so far, those that have ended included. */
export async function treeCpuSeconds(root: number): Promise<number> {
  const tree = await treeOf(root);
  const used = await Promise.all(
    tree.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      // proc(5): utime, stime and those of children waited for are fields 14 to 17; field 3 follows the name.
      const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
      return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
    }),
  );
  return used.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond;
}
