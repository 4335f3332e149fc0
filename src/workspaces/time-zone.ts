import type { Problem } from "#kit";

/** Null for a name of the IANA time zone database, such as `Europe/Berlin`; a bare offset is none. */
export function timeZoneProblem(path: string, timeZone: string): Problem | null {
  if (/^[A-Za-z]/.test(timeZone) && isKnown(timeZone)) return null;
  return {
    path,
    code: "workspaces.unknown_time_zone",
    message: "Use the name of an IANA time zone, such as Europe/Berlin.",
  };
}

function isKnown(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
