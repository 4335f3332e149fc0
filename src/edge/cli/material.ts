import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { wellFormedProblem } from "#kit";
import { CliFailure } from "./exit.ts";
import type { CliIo } from "./io.ts";
import { readInput } from "./io.ts";

/** The server's own limit for a source; told here before megabytes travel. */
const LIMIT = 2 * 1024 * 1024;

/** A text file, or with `-` standard input, as text. Refuses what is too large, binary or broken. */
export async function readMaterial(io: CliIo, name: string): Promise<{ text: string; name?: string }> {
  if (name === "-") return { text: textOf(await readInput(io, LIMIT), "standard input") };
  const path = resolve(io.folder, name);
  return { text: textOf(await readWhole(path, name), name), name: basename(path) };
}

async function readWhole(path: string, name: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LIMIT) throw tooLarge(name, size);
    return await readFile(path);
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT") throw new CliFailure("notFound", `There is no file ${name}.`);
    if (code === "EISDIR") throw new CliFailure("usage", `${name} is a folder; name a file.`);
    throw new CliFailure(
      "failure",
      `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function tooLarge(name: string, size: number): CliFailure {
  const message = `${name} has ${(size / 1024 / 1024).toFixed(1)} MB; a source may have up to 2 MB. Give the part that the post is about.`;
  return new CliFailure("refused", message, { code: "agent.source_too_large" });
}

function textOf(bytes: Uint8Array, name: string): string {
  const label = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  let text: string;
  try {
    text = new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    throw binary(name);
  }
  if (text.includes("\0")) throw binary(name);
  const problem = wellFormedProblem("/source/text", text);
  if (problem)
    throw new CliFailure("refused", `${name}: ${problem.message}`, {
      code: problem.code,
      problems: [problem],
    });
  if (text.trim() === "")
    throw new CliFailure("refused", `${name} is empty.`, { code: "agent.source_empty" });
  return text;
}

function binary(name: string): CliFailure {
  return new CliFailure("refused", `${name} is not a text in UTF-8; save it as plain text or Markdown.`, {
    code: "agent.source_binary",
  });
}
