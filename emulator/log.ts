import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** An append-only file of JSON lines, from which a server's whole state is rebuilt. */
export type DurableLog<Entry> = {
  /** On disk (in the kernel, so safe against `kill -9`) when this returns. */
  append(entry: Entry): void;
  close(): void;
};

/**
 * Opens or creates the log and hands every entry so far to `replay`, oldest first. A last line that a
 * killed process left half written was never answered for, so it is cut off.
 */
export function openLog<Entry>(file: string, replay: (entry: Entry) => void): DurableLog<Entry> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) {
    // The only writer is `append` below.
    for (const line of wholeLines(file)) replay(JSON.parse(line) as Entry);
  }
  const descriptor = openSync(file, "a", 0o600);
  return {
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      let written = 0;
      while (written < line.length) written += writeSync(descriptor, line, written);
    },
    close() {
      closeSync(descriptor);
    },
  };
}

/** Cuts a half-written last line off the file. */
function wholeLines(file: string): string[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(file, end);
  const lines = bytes.subarray(0, end).toString("utf8").split("\n");
  return lines.filter((line) => line !== "");
}
