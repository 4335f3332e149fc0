import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

test("the engine of sign-ins is newer than its published account takeovers", async () => {
  // CVE-2026-134312, -134314 and -134315 are fixed in 1.7.16; 1.7.25 is what Galley's own rules were tested on.
  const manifest = new URL("../../node_modules/better-auth/package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  expect([major, minor], version).toEqual([1, 7]);
  expect(patch, version).toBeGreaterThanOrEqual(25);
});
