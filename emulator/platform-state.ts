import type { SettableClock } from "./clock.ts";
import type { Fault } from "./faults.ts";
import type { EmulatorRequest } from "./http.ts";
import type { Personas } from "./persona.ts";
import type { RequestLog } from "./requests.ts";
import type { PlatformRules } from "./rules.ts";

/** A platform that runs, and all that can be switched around its rules. */
export type PlatformState = {
  rules: PlatformRules;
  clock: SettableClock;
  /** Those that hit every account. */
  faults: Fault[];
  personas: Personas;
  requests: RequestLog;
  /** What an official specification has against a request; empty where nothing. */
  validate: (request: EmulatorRequest) => string[];
  violations: { method: string; path: string; problem: string }[];
};
