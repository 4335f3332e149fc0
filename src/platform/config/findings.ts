/**
 * One thing to say about the settings. An error stops the start; a warning is something a person
 * probably did not mean; info tells where a value came from. No finding repeats a value: it may be secret.
 */
export type Finding = {
  level: "error" | "warning" | "info";
  variable: string;
  /** Continues the variable's name: "is not a whole number". */
  problem: string;
  fix: string;
};

/** All findings as lines for a person, the worst first. */
export function describeConfigProblems(findings: readonly Finding[]): string {
  const order = ["error", "warning", "info"];
  return [...findings]
    .sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level))
    .map(({ level, variable, problem, fix }) => `${level}: ${variable} ${problem}. ${fix}`.trimEnd())
    .join("\n");
}
