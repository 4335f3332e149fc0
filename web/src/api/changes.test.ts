import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EventKind } from "#platform/events";
import { everything, staleAfter } from "./changes.ts";
import { keys } from "./keys.ts";

/** Every kind of event that a workspace is told of. */
async function declared(): Promise<EventKind[]> {
  const root = join(import.meta.dirname, "../../..");
  const files = globSync("src/**/events.ts", { cwd: root }).filter(
    (file) => !file.startsWith("src/platform"),
  );
  const modules = await Promise.all(
    files.map(async (file) => (await import(join(root, file))) as Record<string, EventKind>),
  );
  return modules.flatMap((module) => Object.values(module));
}

test("the dashboard knows what every event changes", async () => {
  const kinds = (await declared()).filter(({ scope }) => scope === "workspace");
  expect(kinds.length).toBeGreaterThan(50);
  const unknown = kinds.filter(({ kind }) => staleAfter(kind.split(".")[0] ?? "") === everything);
  expect(unknown.map(({ kind }) => kind)).toEqual([]);
});

test("an event of another release changes everything", () => {
  expect(staleAfter("campaign")).toBe(everything);
  expect(staleAfter("constructor")).toBe(everything);
  expect(everything).toEqual(
    expect.arrayContaining([keys.me, keys.posts.all, keys.attention.all, keys.channels.all]),
  );
  expect(everything).not.toContain(keys.doctor.all);
});

test("a post that waits elsewhere changes what waits for a person", () => {
  expect(staleAfter("post")).toContain(keys.attention.all);
  expect(staleAfter("delivery")).toContain(keys.attention.all);
  expect(staleAfter("channel")).toContain(keys.attention.all);
});
