import { isDeepStrictEqual } from "node:util";

/** A JSON Schema as the description of the API holds it; it has no references. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What no longer holds for who knows the released schema. `isNote`: known to clients as something to expect. */
export type Finding = { where: string; what: string; isNote?: true };

/**
 * Which way values go. A request was written by who knows the released schema, so the current one has to take all that
 * the released one took. An answer is read by who knows the released one, so it may hold nothing that was not promised.
 */
export type Side = "request" | "answer";

type Pair = { released: JsonSchema; current: JsonSchema };

/** How the current schema breaks what the released one said, for values that go that way; empty where it does not. */
export function schemaChanges({ released, current }: Pair, side: Side, where: string): Finding[] {
  if (isDeepStrictEqual(released, current)) return [];
  return side === "request"
    ? misfits({ narrow: released, wide: current }, side, where)
    : misfits({ narrow: current, wide: released }, side, where);
}

/** Every value that is right for `narrow` has to be right for `wide`. */
type Fit = { narrow: JsonSchema; wide: JsonSchema };

/** Why a value of the one may be none of the other, as far as keywords tell; it rather says too much than too little. */
function misfits({ narrow, wide }: Fit, side: Side, where: string): Finding[] {
  if (isDeepStrictEqual(narrow, wide)) return [];
  const [choices, alternatives] = [branchesOf(narrow), branchesOf(wide)];
  if (choices !== null) return choices.flatMap((choice) => misfits({ narrow: choice, wide }, side, where));
  if (alternatives !== null) {
    const tried = alternatives.map((alternative) => misfits({ narrow, wide: alternative }, side, where));
    return tried.toSorted((left, right) => weight(left) - weight(right))[0] ?? [];
  }
  return [
    ...typeMisfits({ narrow, wide }, side, where),
    ...fieldMisfits({ narrow, wide }, side, where),
    ...itemMisfits({ narrow, wide }, side, where),
    ...(side === "request" ? boundMisfits({ narrow, wide }, where) : []),
  ];
}

function weight(found: readonly Finding[]): number {
  return found.reduce((sum, { isNote }) => sum + (isNote ? 1 : 100), 0);
}

function branchesOf(schema: JsonSchema): JsonSchema[] | null {
  const branches = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(branches) ? branches.map(asSchema) : null;
}

function typeMisfits({ narrow, wide }: Fit, side: Side, where: string): Finding[] {
  const [types, allowed] = [listOf(narrow["type"]), listOf(wide["type"])];
  const fits = (type: unknown) =>
    allowed.includes(type) || (type === "integer" && allowed.includes("number"));
  if (allowed.length > 0 && (types.length === 0 || !types.every(fits))) {
    const [before, after] = side === "request" ? [types, allowed] : [allowed, types];
    return [{ where, what: `was ${named(before)} and is ${named(after)}` }];
  }
  const [values, known] = [valuesOf(narrow), valuesOf(wide)];
  if (known !== null) {
    if (values === null) return [{ where, what: "takes other values than those it listed" }];
    const others = values.filter((value) => !known.includes(value));
    if (others.length > 0) {
      const list = others.map((value) => JSON.stringify(value)).join(", ");
      // A client has to expect a value that is new, as every list of words says that grows.
      return side === "request"
        ? [{ where, what: `no longer takes ${list}` }]
        : [{ where, what: `may be ${list} now`, isNote: true }];
    }
  }
  if (wide["format"] !== undefined && wide["format"] !== narrow["format"]) {
    return [
      {
        where,
        what: `has another format: ${named(listOf(narrow["format"]))}, ${named(listOf(wide["format"]))}`,
      },
    ];
  }
  return [];
}

function fieldMisfits({ narrow, wide }: Fit, side: Side, where: string): Finding[] {
  const [own, others] = [fieldsOf(narrow), fieldsOf(wide)];
  const [released, current] = side === "request" ? [own, others] : [others, own];
  const always = listOf(narrow["required"]);
  const gone = Object.keys(released).filter((name) => !Object.hasOwn(current, name));
  const needed = listOf(wide["required"]).filter(
    (name) => !always.includes(name) && !gone.includes(String(name)),
  );
  const rest = restOf(narrow) !== null && restOf(wide) !== null;
  return [
    ...gone.map((name) => ({ where: `${where}/${name}`, what: "is gone" })),
    ...needed.map((name) => ({
      where: `${where}/${String(name)}`,
      what: side === "request" ? "has to be sent now" : "may be missing now",
    })),
    ...Object.entries(own).flatMap(([name, field]) => {
      const other = others[name];
      if (other === undefined) return [];
      const changed = side === "request" && !isDeepStrictEqual(field["default"], other["default"]);
      return [
        ...misfits({ narrow: field, wide: other }, side, `${where}/${name}`),
        ...(changed && field["default"] !== undefined
          ? [{ where: `${where}/${name}`, what: "means something else where it is left out" }]
          : []),
      ];
    }),
    ...(rest
      ? misfits({ narrow: asSchema(restOf(narrow)), wide: asSchema(restOf(wide)) }, side, `${where}/*`)
      : []),
  ];
}

function itemMisfits({ narrow, wide }: Fit, side: Side, where: string): Finding[] {
  const [own, others] = [narrow["items"], wide["items"]];
  if (!isObject(own) || !isObject(others)) return [];
  return misfits({ narrow: own, wide: others }, side, `${where}/-`);
}

const lower = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const upper = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

function boundMisfits({ narrow, wide }: Fit, where: string): Finding[] {
  const tighter = [
    ...lower.filter((name) => isTighter(wide[name], narrow[name], (now, before) => now > before)),
    ...upper.filter((name) => isTighter(wide[name], narrow[name], (now, before) => now < before)),
  ];
  const pattern = wide["pattern"] !== undefined && wide["pattern"] !== narrow["pattern"] ? ["pattern"] : [];
  return [...tighter, ...pattern].map((name) => ({ where, what: `has a narrower ${name}` }));
}

function isTighter(now: unknown, before: unknown, by: (now: number, before: number) => boolean): boolean {
  return typeof now === "number" && (typeof before !== "number" || by(now, before));
}

function valuesOf(schema: JsonSchema): unknown[] | null {
  if (Array.isArray(schema["enum"])) return schema["enum"];
  return schema["const"] === undefined ? null : [schema["const"]];
}

function fieldsOf(schema: JsonSchema): Record<string, JsonSchema> {
  return isObject(schema["properties"]) ? (schema["properties"] as Record<string, JsonSchema>) : {};
}

/** The schema of fields that have no name of their own, as in a record; null where there is none. */
function restOf(schema: JsonSchema): JsonSchema | null {
  const rest = schema["additionalProperties"];
  return isObject(rest) && Object.keys(rest).length > 0 ? rest : null;
}

function asSchema(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function named(list: readonly unknown[]): string {
  return list.length === 0 ? "anything" : list.map(String).join(" or ");
}
