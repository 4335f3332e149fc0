import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startFailure } from "./cluster.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "galley-start-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function failureOf(program: string): Promise<string> {
  return promisify(execFile)(program).then(
    () => "it started",
    (error: unknown) => startFailure(error).message,
  );
}

it("tells a program whose loader is missing from one that was removed", async () => {
  const program = join(folder, "postgres");
  expect(await failureOf(program)).toMatch(/were removed while Galley ran .*Start Galley again/);
  await writeFile(program, "#!/nowhere/loader\n");
  await chmod(program, 0o755);
  expect(await failureOf(program)).toMatch(/needs glibc/);
});
