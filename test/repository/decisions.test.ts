import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decisionList } from "../../scripts/decisions.ts";

test("the list of decisions names each page in its area; `npm run decisions` writes it", () => {
  const list = readFileSync(new URL("../../docs/decisions/README.md", import.meta.url), "utf8");
  expect(list).toBe(decisionList());
});
