import type { ErrorObject } from "ajv";

/**
 * Where an input may be one of several kinds, Ajv complains about each kind that it is not. Only the kind that was sent
 * is worth a word: of a brief without text, not that it should have been an article.
 */
export function tellingErrors(errors: readonly ErrorObject[]): ErrorObject[] {
  let told = [...errors];
  for (const union of errors.filter(isUnion)) {
    if (told.includes(union)) told = withoutOtherBranches(told, union);
  }
  const single = new Map(told.map((error) => [keyOf(error), error]));
  return [...single.values()];
}

function isUnion({ keyword }: ErrorObject): boolean {
  return keyword === "oneOf" || keyword === "anyOf";
}

function withoutOtherBranches(errors: ErrorObject[], union: ErrorObject): ErrorObject[] {
  const branches = Map.groupBy(errors, (error) => branchOf(error, union));
  const others = branches.get(null) ?? [];
  branches.delete(null);
  const all = [...branches.values()];
  const meant = all.filter((branch) => !branch.some((error) => namesAnotherKind(error, union)));
  const [only] = meant;
  // What the branches say themselves says more than that none of them fits.
  const rest = all.length > 0 ? others.filter((error) => error !== union) : others;
  if (only && meant.length === 1) return [...rest, ...only];
  if (meant.length === 0 && all.length > 0) return [...rest, ...kinds(all, union)];
  const certain = all.flat().filter((error) => all.every((branch) => branch.some(alike(error))));
  return [...rest, ...(certain.length > 0 ? certain : all.flat())];
}

/** The number of the branch of this union that an error comes from; null where it comes from elsewhere. */
function branchOf(error: ErrorObject, union: ErrorObject): string | null {
  const inside = error.instancePath === union.instancePath || isUnder(error.instancePath, union.instancePath);
  if (!inside || !isUnder(error.schemaPath, union.schemaPath)) return null;
  return error.schemaPath.slice(union.schemaPath.length + 1).split("/")[0] ?? null;
}

function isUnder(path: string, above: string): boolean {
  return path.startsWith(`${above}/`);
}

/** A field of the object itself has another value than this branch is known by. */
function namesAnotherKind({ keyword, instancePath }: ErrorObject, union: ErrorObject): boolean {
  const isName = keyword === "const" || keyword === "enum";
  return (
    isName &&
    isUnder(instancePath, union.instancePath) &&
    !instancePath.includes("/", union.instancePath.length + 1)
  );
}

/** No branch has the kind that was sent: one error for each such field, with the values that it may have. */
function kinds(branches: ErrorObject[][], union: ErrorObject): ErrorObject[] {
  const naming = branches.flat().filter((error) => namesAnotherKind(error, union));
  const byField = Map.groupBy(naming, ({ instancePath }) => instancePath);
  return [...byField.values()].flatMap(([first, ...more]) =>
    first
      ? [{ ...first, keyword: "enum", params: { allowedValues: [first, ...more].flatMap(valuesOf) } }]
      : [],
  );
}

function valuesOf({ params }: ErrorObject): unknown[] {
  const values: unknown = params["allowedValues"] ?? params["allowedValue"];
  return Array.isArray(values) ? values : [values];
}

function keyOf({ instancePath, keyword, params }: ErrorObject): string {
  return JSON.stringify([instancePath, keyword, params]);
}

function alike(error: ErrorObject): (other: ErrorObject) => boolean {
  return (other) => keyOf(other) === keyOf(error);
}
