import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { AnyFeature } from "#platform/features";
import { sees } from "../../oxlint.config.ts";
import { circlesIn } from "../../scripts/shape/circles.ts";
import { features } from "../../src/app/features.ts";

// What a feature is stands in its `feature.ts`. The module faces, the linter's import matrix and the composition follow
// from it, or one of these fails.

const root = fileURLToPath(new URL("../..", import.meta.url));
const { imports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  imports: Record<string, string>;
};
const folders = globSync("src/*/feature.ts", { cwd: root })
  .map((file) => posix.dirname(file))
  .toSorted();

/** Every feature, with the folder that describes it. */
const described = (
  await Promise.all(
    folders.map(async (folder) => {
      const module = (await import(`${root}${folder}/feature.ts`)) as Record<string, AnyFeature>;
      return Object.values(module).map((feature) => ({ folder, feature }));
    }),
  )
).flat();

test("every feature that is described is composed, and none twice", () => {
  const names = described.map(({ feature }) => feature.name).toSorted();
  expect(features.map(({ name }) => name).toSorted()).toEqual(names);
});

test("every feature has its face, and one for routes where it has some", () => {
  const faces = folders.flatMap((folder) => {
    const name = `#${posix.basename(folder)}`;
    const routes = globSync(`${folder}/routes.ts`, { cwd: root });
    return [
      [name, `./${folder}/index.ts`],
      ...(routes.length > 0 ? [[`${name}/routes`, `./${folder}/routes.ts`]] : []),
    ];
  });
  const ofFeatures = Object.entries(imports).filter(([, file]) =>
    folders.some((folder) => file.startsWith(`./${folder}/`)),
  );
  expect(Object.fromEntries(ofFeatures)).toEqual(Object.fromEntries(faces));
});

/** The folder of a face, where it is a feature's. */
function folderOf(face: string): string | undefined {
  return folders.find(
    (folder) => face === `#${posix.basename(folder)}` || face.startsWith(`#${posix.basename(folder)}/`),
  );
}

test("features see each other, and are made of each other, along one line", () => {
  const edges = new Map<string, string[]>();
  for (const folder of folders) {
    const seen = (sees[folder] ?? []).flatMap((face) => folderOf(face) ?? []);
    const needed = described
      .filter((one) => one.folder === folder)
      .flatMap(({ feature }) => feature.needs)
      .flatMap((need) => described.find(({ feature }) => feature.name === need)?.folder ?? []);
    // A part that others beside it need too, such as addresses of media, is made of nothing that stands above it.
    edges.set(
      folder,
      [...seen, ...needed].filter((other) => other !== folder && !isBase(other, needed)),
    );
  }
  expect(circlesIn(edges)).toEqual([]);
});

/** Of a folder that describes several features: whether only those are needed that are made of no other feature. */
function isBase(folder: string, needed: readonly string[]): boolean {
  const names = new Set(described.map(({ feature }) => feature.name));
  const here = described.filter((one) => one.folder === folder).map(({ feature }) => feature);
  const base = here.filter(({ needs }) => !needs.some((need) => names.has(need)));
  return needed.includes(folder) && base.length > 0 && here.length > 1;
}

test("whatever the matrix allows is used, so that it can be read as what stands", () => {
  const unused = Object.entries(sees).flatMap(([folder, allowed]) => {
    const files = globSync(`${folder}/**/*.ts`, { cwd: root });
    const used = new Set(
      files.flatMap((file) =>
        [...readFileSync(`${root}${file}`, "utf8").matchAll(/"(#[^"]+)"/g)].map(([, face]) => face),
      ),
    );
    return allowed
      .filter((face) => !face.endsWith("/*") && !used.has(face))
      .map((face) => `${folder} sees ${face}`);
  });
  expect(unused).toEqual([]);
});
