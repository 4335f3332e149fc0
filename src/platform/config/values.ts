import type { z } from "zod";
import type { Finding } from "./findings.ts";
import type { Sourced } from "./sources.ts";
import { variables } from "./variables.ts";

/** The parsed variables, by name. */
export type Values = { [Name in keyof typeof variables]: z.output<(typeof variables)[Name]["schema"]> };

/** Reads every variable by its own schema, and tells of each where it comes from or what is wrong with it. */
export function parseVariables(sources: Sourced): { values: Values; findings: Finding[] } {
  const findings: Finding[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, fix }] of Object.entries(variables)) {
    const found = sources.get(name);
    const parsed = schema.safeParse(found?.text);
    if (parsed.success) {
      values[name] = parsed.data;
      if (found)
        findings.push({ level: "info", variable: name, problem: `comes from ${found.source}`, fix: "" });
      continue;
    }
    const problem = parsed.error.issues[0]?.message ?? "is wrong";
    findings.push({ level: "error", variable: name, problem: `${problem} (from ${found?.source})`, fix });
    // The rest is checked as if the setting were left out, so that one start tells everything.
    values[name] = schema.parse(undefined);
  }
  // Each name of `variables` was set just now from its own schema.
  return { values: values as Values, findings };
}
