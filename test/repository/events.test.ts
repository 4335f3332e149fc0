import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EventKind } from "#platform/events";

// What the features declare, wherever it stands.

async function declared(): Promise<EventKind[]> {
  const root = join(import.meta.dirname, "../..");
  const files = globSync("src/**/events.ts", { cwd: root }).filter(
    (file) => !file.startsWith("src/platform"),
  );
  const modules = await Promise.all(
    files.map(async (file) => (await import(join(root, file))) as Record<string, EventKind>),
  );
  return modules.flatMap((module) => Object.values(module));
}

test("the name of an event stands once, and says what happened to what", async () => {
  const kinds = (await declared()).map(({ kind }) => kind);
  expect(kinds.length).toBeGreaterThan(60);
  expect(kinds.filter((kind, index) => kinds.indexOf(kind) !== index)).toEqual([]);
  for (const kind of kinds) expect(kind).toMatch(/^[a-z]+(\.[a-z]+(_[a-z]+)*)$/u);
});

test("only what other features react to stays out of the audit log", async () => {
  const silent = (await declared()).filter(({ audited }) => !audited).map(({ kind }) => kind);
  expect(silent.toSorted()).toEqual(["channel.expiry_warned", "channel.target_changed", "delivery.settled"]);
});
