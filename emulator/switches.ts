import { Refusal } from "./http.ts";

/**
 * Sets those switches that a request names, each to a value of the kind that it has. A 400 for a name that is
 * none or for a value of another kind: a misspelt switch would let a test pass for nothing. Those in
 * `nullable` may be off altogether.
 */
export function setSwitches(
  switches: Record<string, unknown>,
  wanted: Record<string, unknown>,
  nullable: readonly string[] = [],
): void {
  for (const [key, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(switches, key)) {
      throw new Refusal(400, "bad_switch", `There is no switch "${key}", but ${namesOf(switches)}.`);
    }
    if (value === null ? !nullable.includes(key) : !isSameKind(switches[key], value)) {
      throw new Refusal(400, "bad_switch", `"${key}" does not take ${JSON.stringify(value)}.`);
    }
  }
  Object.assign(switches, wanted);
}

function namesOf(switches: object): string {
  return Object.keys(switches).join(", ");
}

/** A switch that is off now tells nothing of its kind. */
function isSameKind(present: unknown, value: unknown): boolean {
  if (present === null) return true;
  if (Array.isArray(present)) {
    return Array.isArray(value) && value.every((item: unknown) => typeof item === "string");
  }
  return !Array.isArray(value) && typeof value === typeof present;
}
