import { GalleyError } from "#kit";
import type { Finding } from "./findings.ts";
import { describeConfigProblems } from "./findings.ts";

/** Settings that keep Galley from starting: `config.invalid`, with one problem for each. */
export class ConfigError extends GalleyError {
  constructor(findings: readonly Finding[]) {
    const errors = findings.filter((finding) => finding.level === "error");
    super({
      code: "config.invalid",
      kind: "invalid",
      message: describeConfigProblems(errors),
      problems: errors.map(({ variable, problem, fix }) => ({
        path: `/${variable}`,
        code: "config.invalid",
        message: `${variable} ${problem}. ${fix}`,
      })),
    });
  }
}
