import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { ConfigError } from "./error.ts";

const keyLength = 32;

function decode(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length === keyLength) return key;
  throw new ConfigError([
    {
      level: "error",
      variable: "GALLEY_KEY",
      problem: `in ${where} is damaged: it is not ${keyLength} bytes in base64`,
      fix: "Restore the file from a backup; without it the stored channel credentials cannot be opened.",
    },
  ]);
}

/** Complete or absent, never half-written: a key that a crash cut short would seal tokens for nobody. */
async function createKeyFile(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(keyLength).toString("base64")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  // Unlike a rename, a link never replaces the key that another process made meanwhile.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
}

/** The 32 bytes that everything secret is sealed under: `GALLEY_KEY`, or a file made once in the data folder. */
export async function openKey(config: Pick<Config, "key" | "dataDir">): Promise<Buffer> {
  if (config.key !== null) return decode(config.key, "the settings");
  const path = join(config.dataDir, "galley.key");
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const stored = await readFile(path, "utf8").catch(() => null);
  if (stored !== null) return decode(stored, path);
  await createKeyFile(path);
  return decode(await readFile(path, "utf8"), path);
}
