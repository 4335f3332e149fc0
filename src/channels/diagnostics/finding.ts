import type { Finding } from "#connectors";

/** One thing that was looked at. `ok` needs nothing; the others say what to do. */
export type DoctorFinding = {
  level: "ok" | Finding["level"];
  code: string;
  problem: string;
  fix: string;
  /** The date that it is about. */
  at: Date | null;
};
