import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Instrumented } from "./places.ts";

/**
 * Writes a copy of the product with failpoints, or with other changes, into `directory`. As files, not through a loader's hook: Node keeps what
 * it compiled of files, and a worker that starts every second spends its time on the posts instead.
 */
export async function plantTree(
  root: string,
  directory: string,
  instrumented: Pick<Instrumented, "sources">,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await cp(join(root, "src"), join(directory, "src"), {
    recursive: true,
    filter: (path) => !path.endsWith(".test.ts"),
  });
  await cp(join(root, "package.json"), join(directory, "package.json"));
  for (const name of ["node_modules", "emulator", "docs", "web"]) {
    await symlink(join(root, name), join(directory, name));
  }
  for (const [file, code] of Object.entries(instrumented.sources)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), code);
  }
}
