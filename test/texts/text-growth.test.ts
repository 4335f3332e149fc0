import { join } from "node:path";
import { expect, test } from "vitest";
import { connectorRegistry } from "#connectors";
import { growthOf, type Measured, steepest, steepOn } from "../support/growth.ts";
import { calls, excused } from "./text-calls.ts";
import { textFunctions, textFunctionsOf } from "./text-functions.ts";
import { shapes } from "./text-shapes.ts";

const found = await textFunctions();
const named = [...found].flatMap(([file, functions]) =>
  functions.map(({ name, isPlain }) => ({ file, name, isPlain, place: `${file} ${name}` })),
);
/** A function may be called in several ways: "file name, how". */
const listed = new Set(Object.keys(calls).map((place) => place.split(",", 1)[0] ?? ""));

test("every function of the source that takes a text is measured, or says why not", () => {
  const open = named.filter(({ place, isPlain }) => !isPlain && !listed.has(place) && !(place in excused));
  expect(open.map(({ place }) => place)).toEqual([]);
  const both = Object.keys(excused).filter((place) => listed.has(place));
  expect(both).toEqual([]);
});

test("what is excused is there", () => {
  const places = new Set(named.map(({ place }) => place));
  expect(Object.keys(excused).filter((place) => !places.has(place))).toEqual([]);
});

test.each([
  ["export function plain(text: string): number { return 0; }", [{ name: "plain", isPlain: true }]],
  ["export function any(phrase: string) {}", [{ name: "any", isPlain: true }]],
  ["export const arrow = (text: string, most = 3) => most;", [{ name: "arrow", isPlain: true }]],
  ["export function more(text: string, language: string) {}", [{ name: "more", isPlain: false }]],
  ["export function later(id: string, body: string | null) {}", [{ name: "later", isPlain: false }]],
  ["export async function waits(html: string) {}", [{ name: "waits", isPlain: false }]],
  ["export function held(one: Pick<VariantContent, 'parts'>) {}", [{ name: "held", isPlain: false }]],
  ["export function several(texts: readonly string[]) {}", [{ name: "several", isPlain: false }]],
  ["export function none(postId: string, at: Date) {}", []],
  ["function inside(text: string) {}", []],
])("finds what takes a text: %s", (source, functions) => {
  expect(textFunctionsOf("piece.ts", source)).toEqual(functions);
});

/** What refuses a text has read it as far as it needed to. */
function orRefuse(call: Measured): Measured {
  return (text) => {
    try {
      return call(text);
    } catch (error) {
      return error;
    }
  };
}

/** Functions that take a text and no more need no list: they are loaded and called. */
async function plainCalls(): Promise<[place: string, call: Measured][]> {
  const places = named.filter(({ place, isPlain }) => isPlain && !listed.has(place) && !(place in excused));
  return Promise.all(
    places.map(async ({ file, name, place }): Promise<[string, Measured]> => {
      const module = (await import(join("../..", file))) as Record<string, Measured>;
      return [place, (text) => module[name]?.(text)];
    }),
  );
}

function square(text: string): number {
  let sum = 0;
  for (let outer = 0; outer < text.length; outer += 1) {
    for (let inner = 0; inner < text.length; inner += 1) sum += text.charCodeAt(inner);
  }
  return sum;
}

test("what takes the square of its text is told", () => {
  expect(growthOf(square, { name: "", of: (length) => "a".repeat(length) })).toBeGreaterThan(steepest);
}, 60_000);

const variant = (text: string) => ({
  parts: [text],
  link: "https://example.org/a",
  media: [],
  firstComment: null,
  options: { title: "T", subject: "S" },
});
const measured: [name: string, call: Measured][] = [
  ...(await plainCalls()),
  ...Object.entries(calls),
  ...[...connectorRegistry().values()].flatMap((connector): [string, Measured][] => [
    // And with it `measure`.
    [`validate of ${connector.id}`, (text) => connector.validate(variant(text), [])],
    [`compose of ${connector.id}`, (text) => connector.compose(variant(text))],
    [`price of ${connector.id}`, (text) => connector.price(variant(text), {})],
  ]),
];

test.each(measured)(
  "%s takes no more than n log n on any shape",
  (_, call) => {
    expect(steepOn(orRefuse(call), shapes)).toBe("");
  },
  180_000,
);
