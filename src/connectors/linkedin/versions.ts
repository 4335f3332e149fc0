import type { ApiVersion } from "../contract.ts";

/** The newest version that this connector was checked against. */
export const newestVersion = "202607";

/** Ends that LinkedIn has announced (learn.microsoft.com/linkedin/marketing/integrations/migrations). */
const announced: Record<string, string> = {
  "202511": "2026-11-16",
  "202601": "2027-01-15",
  "202602": "2027-02-15",
  "202603": "2027-03-16",
};

/** A version and when LinkedIn stops to answer it: the announced day, else the earliest that its promise of one year allows. */
export function versionOf(name: string): ApiVersion {
  const day = announced[name];
  if (day !== undefined) return { name, endsAt: new Date(`${day}T00:00:00Z`) };
  const year = Number(name.slice(0, 4));
  const month = Number(name.slice(4));
  return { name, endsAt: new Date(Date.UTC(year + 1, month - 1, 1)) };
}
