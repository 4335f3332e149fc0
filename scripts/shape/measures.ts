import { posix } from "node:path";
import { circlesIn } from "./circles.ts";
import type { Source } from "./source.ts";

/** One number about the sources. `found`: what makes it so, the worst first. */
export type Measure = { value: number; found: string[] };

/** Where SQL may be said: stores and reads of a feature, and what stands below them all. */
const stores = /\.(store|read|sql)\.ts$|^src\/platform\/(db|jobs)\//;

/** The folder with the most source files; tests beside them are not counted. */
export function widestFolder(sources: readonly Source[]): Measure {
  const folders = Map.groupBy(sources, ({ file }) => posix.dirname(file));
  return worst(
    [...folders].map(([folder, { length }]) => ({ value: length, found: `${folder}: ${length}` })),
  );
}

export function longestFile(sources: readonly Source[]): Measure {
  return worst(sources.map(({ file, lines }) => ({ value: lines, found: `${file}: ${lines}` })));
}

/** So many lines have nine of ten files at most. */
export function usualFile(sources: readonly Source[]): Measure {
  const lengths = sources.map(({ lines }) => lines).toSorted((left, right) => left - right);
  return { value: lengths[Math.ceil(lengths.length * 0.9) - 1] ?? 0, found: [] };
}

/** But for test suites, which are one function each. */
export function longestFunction(sources: readonly Source[]): Measure {
  const measured = sources.filter(({ file }) => !file.startsWith("test/"));
  return worst(
    measured.flatMap(({ file, functions }) =>
      functions.map(({ name, line, lines }) => ({
        value: lines,
        found: `${file}:${line} ${name}: ${lines}`,
      })),
    ),
  );
}

/** Files that import each other in a circle, by any import or by those that remain when the program runs. */
export function circles(sources: readonly Source[], which: "all" | "running"): Measure {
  const edges = new Map(
    sources.map(({ file, imports }): [string, string[]] => [
      file,
      imports.filter(({ isType }) => which === "all" || !isType).map((named) => named.file),
    ]),
  );
  const found = circlesIn(edges);
  return { value: found.flat().length, found: found.map((circle) => circle.join(" <-> ")) };
}

/**
 * Folders of one module of the server that import each other in a circle, by whatever import. What lies beside them in
 * the module's own folder composes them or stands below them, and is not counted.
 */
export function foldersInCircles(sources: readonly Source[]): Measure {
  const edges = new Map<string, string[]>();
  for (const { file, imports } of sources) {
    const from = layerOf(file);
    if (from === null) continue;
    const to = imports.flatMap((named) => layerOf(named.file) ?? []).filter((folder) => folder !== from);
    edges.set(from, [...(edges.get(from) ?? []), ...to]);
  }
  const found = circlesIn(edges);
  return { value: found.flat().length, found: found.map((circle) => circle.join(" <-> ")) };
}

/** `src/delivery/send` of `src/delivery/send/lease.ts`; null for what lies in no folder of a module. */
function layerOf(file: string): string | null {
  const [source, module, folder, ...rest] = file.split("/");
  return source === "src" && rest.length > 0 ? [source, module, folder].join("/") : null;
}

/** Files of the server that speak SQL and are no store. */
export function sqlOutsideStores(sources: readonly Source[]): Measure {
  const found = sources
    .filter(({ file, sqlAt }) => file.startsWith("src/") && sqlAt !== null && !stores.test(file))
    .map(({ file, sqlAt }) => `${file}:${sqlAt}`);
  return { value: found.length, found };
}

/** Clients of the API that are ours. What stands for platforms has addresses of its own. */
const clients = /^(web\/src|src\/edge\/cli|bench|test\/(?!acceptance\/|contract\/|emulator\/))/;

/** Paths of the API that a client holds as text, instead of calling an operation by its name. */
export function pathsAsStrings(sources: readonly Source[]): Measure {
  const found = sources
    .filter(({ file }) => clients.test(file))
    .flatMap(({ file, texts }) =>
      texts.filter(({ text }) => /^\/api\/v\d/.test(text)).map(({ text, line }) => `${file}:${line} ${text}`),
    );
  return { value: found.length, found };
}

/** What a list or a union of states, statuses or providers is called. */
const vocabularies = /(state|status|provider)(e?s)?$/i;

/** The server and its command line. The dashboard takes types alone from them, and those say what a state is. */
const defining = /^(src|bench|scripts)\//;

/** States and providers that stand in a second file as a list or a union: all of a kind, or the same ones of it. */
export function statesDefinedTwice(sources: readonly Source[]): Measure {
  const lists = sources
    .filter(({ file }) => defining.test(file))
    .flatMap(({ file, lists: own }) => own.map((list) => ({ file, ...list })));
  const kinds = lists.filter(({ name }) => vocabularies.test(name)).map(({ values }) => new Set(values));
  const ofKind = lists.filter(({ values }) => kinds.some((kind) => values.every((value) => kind.has(value))));
  const found = [...Map.groupBy(ofKind, ({ values }) => values.join(", "))].flatMap(([values, same]) =>
    same.filter(({ file }) => file !== same[0]?.file).map(({ file, line }) => `${file}:${line} ${values}`),
  );
  return { value: found.length, found };
}

/** Texts that name a job beside the one that declares it. */
export function jobsNamedTwice(sources: readonly Source[]): Measure {
  const declared = new Set(sources.flatMap(({ jobs }) => jobs.map(({ name }) => name)));
  const named = sources.flatMap(({ file, texts }) =>
    texts
      .filter(({ text }) => declared.has(text))
      .map(({ text, line }) => ({ text, at: `${file}:${line} ${text}` })),
  );
  const found = [...Map.groupBy(named, ({ text }) => text).values()].flatMap((places) =>
    places.slice(1).map(({ at }) => at),
  );
  return { value: found.length, found };
}

function worst(measured: readonly { value: number; found: string }[]): Measure {
  const sorted = measured.toSorted((left, right) => right.value - left.value);
  return { value: sorted[0]?.value ?? 0, found: sorted.map(({ found }) => found) };
}
