import { expect, test } from "vitest";
import { apiPartsOf, compose, sortByNeeds, workerPartOf } from "./compose.ts";
import { type AnyFeature, feature } from "./feature.ts";

function named(name: string, ...needs: string[]): AnyFeature {
  return { name, needs, make: () => name };
}

const reader = feature({
  name: "reader",
  needs: ["words"],
  make: ({ words }: { words: string[] }) => ({ first: () => words[0] }),
  worker: ({ first }) => ({ tasks: { "reader.read": async () => void first() } }),
});
const writer = feature({
  name: "writer",
  needs: ["reader", "mark"],
  make: ({ reader: read, mark }: { reader: { first(): string | undefined }; mark: string }) => ({
    write: () => `${read.first()}${mark}`,
  }),
  api:
    async () =>
    ({ writer: made }: { writer: { write(): string } }) => ({ metrics: () => void made.write() }),
});

test("features are made in the order of what they need, however they are listed", () => {
  const made = compose({ words: ["galley"], mark: "!" }, [writer, reader]);
  expect(made.writer.write()).toBe("galley!");
  expect(made.mark).toBe("!");
});

test("what is given under a feature's name stands in for it", () => {
  const made = compose({ words: [], mark: "?", reader: { first: () => "proof" } }, [reader, writer]);
  expect(made.writer.write()).toBe("proof?");
});

test("a feature gets what it names and nothing else", () => {
  const seen: string[] = [];
  const curious = feature({
    name: "curious",
    needs: ["mark"],
    make: (needs: { mark: string }) => void seen.push(...Object.keys(needs)),
  });
  compose({ words: [], mark: "!" }, [curious]);
  expect(seen).toEqual(["mark"]);
});

function sort(...list: AnyFeature[]): string[] {
  return sortByNeeds(list, ["database"]).map(({ name }) => name);
}

test("what cannot be composed is refused with the names that matter", () => {
  expect(sort(named("c", "b"), named("a", "database"), named("b", "a"))).toEqual(["a", "b", "c"]);
  expect(() => sort(named("a", "nothing"))).toThrow("a needs nothing, which nobody makes or gives");
  expect(() => sort(named("a", "b"), named("b", "c"), named("c", "a"))).toThrow("a -> b -> c -> a");
  expect(() => sort(named("a"), named("a"))).toThrow("two features are called a");
});

test("a need that nobody fills does not compile, and neither does one that is left out", () => {
  // @ts-expect-error -- `mark` is missing
  expect(() => compose({ words: [] }, [reader, writer])).toThrow("writer needs mark");
  // @ts-expect-error -- `mark` is no number
  compose({ words: [], mark: 1 }, [reader, writer]);
  feature({
    name: "forgetful",
    // @ts-expect-error -- `mark` is not named
    needs: ["words"],
    make: (needs: { words: string[]; mark: string }) => needs,
  });
});

test("a worker runs all tasks and sweeps, and two of one name are refused", async () => {
  const made = compose({ words: ["galley"], mark: "!" }, [reader, writer]);
  const part = workerPartOf([reader, writer], made);
  expect(Object.keys(part.tasks)).toEqual(["reader.read"]);
  const twin = { ...reader, name: "twin" };
  expect(() => workerPartOf([reader, twin], { ...made, twin: made.reader })).toThrow("called reader.read");
});

test("parts of the API are made of all that was composed, and only of those that are asked for", async () => {
  const made = compose({ words: ["galley"], mark: "!" }, [reader, writer]);
  expect(await apiPartsOf([reader, writer], made)).toHaveLength(1);
  expect(await apiPartsOf([reader, writer], made, { only: new Set(["reader"]) })).toEqual([]);
});
