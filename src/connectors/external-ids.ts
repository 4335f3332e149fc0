import type { Connector, Published } from "./contract.ts";

type Reader = Pick<Connector, "externalIdOf">;

/** The platform's id in an address; null where none can be read from it. */
export function externalIdIn({ externalIdOf }: Reader, url: string): string | null {
  return typeof externalIdOf === "function" ? externalIdOf(url) : null;
}

/** Whether what follows a part can answer it: by its id, or by an address with which the platform can be asked for it. */
export function canBeAnswered(
  { externalIdOf }: Reader,
  { externalId, url }: Pick<Published, "externalId" | "url">,
): boolean {
  return externalId !== "" || (externalIdOf === "by_lookup" && url !== null);
}
