import { readdir, readFile } from "node:fs/promises";

/** Where each guide lies, by connector. */
export type Guides = ReadonlyMap<string, URL>;

/** The guides of a folder, `docs/setup`: one Markdown file for each connector. */
export async function findGuides(folder: URL): Promise<Guides> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /^[a-z][a-z\-]*\.md$/v.test(name));
  return new Map(files.map((name) => [name.slice(0, -3), new URL(name, folder)]));
}

/** The guide's Markdown with `{redirectUri}` filled in; null where there is none. */
export async function readGuide(
  guides: Guides | null,
  connectorId: string,
  values: { redirectUri: string },
): Promise<string | null> {
  const file = guides?.get(connectorId);
  if (!file) return null;
  return (await readFile(file, "utf8")).replaceAll("{redirectUri}", values.redirectUri);
}
