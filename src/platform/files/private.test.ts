import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makePrivateFolder } from "#platform/files";

let above: string;
beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), "galley-private-"));
});
afterEach(() => rm(above, { recursive: true }));

async function modeOf(...names: string[]): Promise<string> {
  return ((await stat(join(above, ...names))).mode & 0o777).toString(8);
}

test.skipIf(process.platform === "win32")("a new data folder is closed to others", async () => {
  expect(await makePrivateFolder(join(above, "deep", "data"))).toEqual([]);
  expect(await modeOf("deep", "data")).toBe("700");
});

test.skipIf(process.platform === "win32")(
  "one that stands open is closed, with all that lies in it",
  async () => {
    const data = join(above, "data");
    for (const name of ["media", "sandbox", "mail", "postgres"])
      await mkdir(join(data, name), { recursive: true });
    for (const name of ["galley.key", "quarantine.json", "postgres.log"])
      await writeFile(join(data, name), "x");
    for (const name of ["", "media", "sandbox", "mail"]) await chmod(join(data, name), 0o755);
    for (const name of ["galley.key", "quarantine.json"]) await chmod(join(data, name), 0o644);
    await chmod(join(data, "postgres"), 0o750);
    expect(await makePrivateFolder(data)).toEqual([]);
    for (const name of ["", "media", "sandbox", "mail"])
      expect([name, await modeOf("data", name)]).toEqual([name, "700"]);
    for (const name of ["galley.key", "quarantine.json", "postgres.log"]) {
      expect([name, await modeOf("data", name)]).toEqual([name, "600"]);
    }
    // PostgreSQL's own folder is its own affair.
    expect(await modeOf("data", "postgres")).toBe("750");
  },
);
