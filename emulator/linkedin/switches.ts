import { Refusal } from "../http.ts";
import type { Switches } from "./state.ts";

/** Reads those switches that a request names; a 400 for anything that is none. */
export function readSwitches(body: Record<string, unknown>): Partial<Switches> {
  const wanted: Partial<Switches> = {};
  for (const [key, value] of Object.entries(body)) {
    switch (key) {
      case "grantOnly":
        wanted.grantOnly = Array.isArray(value) ? value.map(String) : null;
        break;
      case "lacks":
        wanted.lacks = Array.isArray(value) ? value.map(String) : [];
        break;
      case "oldestVersion":
        wanted.oldestVersion = String(value);
        break;
      case "refreshTokens":
      case "processingFails":
      case "refusesDuplicates":
        wanted[key] = value === true;
        break;
      case "memberPostsPerDay":
      case "appPostsPerDay":
      case "processingMs":
        if (typeof value !== "number") throw new Refusal(400, "bad_switch", `"${key}" is a number.`);
        wanted[key] = value;
        break;
      default:
        throw new Refusal(400, "bad_switch", `There is no switch "${key}".`);
    }
  }
  return wanted;
}
