import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const files = globSync(["src/{delivery,desk,channels,attention}/**/*.test.ts", "test/platforms/*.test.ts"]);

/** Its hooks are for what a test opens by itself; those of a fixture's `test` get what the fixture has opened. */
const ownHooks = /import \{[^}]*\b(before|after)(All|Each)\b[^}]*\} from "vitest"/;

test("tests of features take their set-up from a fixture", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => ownHooks.test(readFileSync(file, "utf8")))).toEqual([]);
});
