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
