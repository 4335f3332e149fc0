import type { Asked } from "../fault-schedule.ts";
import type { InstallationOptions, Judged } from "./installation.ts";

/** What a scenario saw beside the platforms' journals. */
export type Finding = { what: string; count: number; isWrong?: boolean };

export type Result = { judged: Judged; asked: Asked; findings: Finding[] };

/** Breaks the history of an installation's database so many times, and compares in the end. */
export type Scenario = (options: InstallationOptions & { times: number }) => Promise<Result>;
