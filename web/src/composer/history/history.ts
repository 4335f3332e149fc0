import type { SetAside, VersionSummary } from "../../api/types.ts";
import { historyText } from "../messages.ts";

/** A version, or a text that was set aside for somebody else's. */
export type Entry = { key: string; label: string; version: VersionSummary | null; aside: SetAside | null };

/** Newest first. */
export function entriesOf(versions: VersionSummary[], asides: SetAside[]): Entry[] {
  const entries: (Entry & { at: string })[] = [
    ...versions.map((version) => ({
      key: `version ${version.number}`,
      label: historyText.version(version.number),
      version,
      aside: null,
      at: version.createdAt,
    })),
    ...asides.map((aside) => ({
      key: aside.id,
      label: historyText.aside(aside.baseVersion),
      version: null,
      aside,
      at: aside.createdAt,
    })),
  ];
  return entries.toSorted((left, right) => right.at.localeCompare(left.at));
}
