import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { CliFailure } from "./exit.ts";

const fileSchema = z.record(z.string(), z.object({ token: z.string(), email: z.string() }));

export type StoredSession = z.output<typeof fileSchema>[string];

/** Sessions by the origin of their server, in one file that only its owner can read. */
export async function readSession(file: string, server: string): Promise<StoredSession | null> {
  return (await readAll(file))[new URL(server).origin] ?? null;
}

/** Keeps a session, or with null forgets it. The file is replaced whole, so that a crash leaves the old one. */
export async function writeSession(
  file: string,
  server: string,
  session: StoredSession | null,
): Promise<void> {
  const { [new URL(server).origin]: _, ...others } = await readAll(file);
  const all = session ? { ...others, [new URL(server).origin]: session } : others;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  await writeFile(next, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  // The mode of `writeFile` counts for new files alone.
  await chmod(next, 0o600);
  await rename(next, file);
}

async function readAll(file: string): Promise<Record<string, StoredSession>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw new CliFailure(
      "failure",
      `${file} is not readable as Galley wrote it; delete it and sign in again.`,
    );
  }
}
