import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { markInvisible, plainJson } from "#kit";
import { CliFailure } from "./exit.ts";

/** Everything that the command line touches; tests bring their own. */
export type CliIo = {
  stdin: Readable & { isTTY?: boolean; setRawMode?: (mode: boolean) => unknown };
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  environment: Record<string, string | undefined>;
  /** The working directory. */
  folder: string;
  /** What --version prints. */
  version: string;
  /** The description of the API of a server at this address, made without one. */
  describeApi: (publicUrl: string) => Promise<object>;
};

/** Words for a terminal: what it would obey, and what nobody would see, is named in its place. The one way to print any. */
export function say(stream: CliIo["stdout"], words: string): void {
  stream.write(markInvisible(words));
}

/** A value for a program, which may be shown on a terminal as well. */
export function sayJson(stream: CliIo["stdout"], value: unknown, indent?: number): void {
  stream.write(`${plainJson(JSON.stringify(value, null, indent))}\n`);
}

/** All of standard input as bytes, at most `limit`; a failure beyond it. */
export async function readInput(io: CliIo, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > limit) {
      throw new CliFailure("refused", `The input has more than ${Math.round(limit / 1024 / 1024)} MB.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A password: typed without echo at a terminal, else the first line of standard input. */
export async function readPassword(io: CliIo, prompt: string): Promise<string> {
  const typed = io.stdin.isTTY ? await typePassword(io, prompt) : await pipedLine(io);
  if (typed === "") {
    throw new CliFailure(
      "usage",
      'No password came in; pipe it: printf %s "$PASSWORD" | galley login --email you@example.com',
    );
  }
  return typed;
}

async function pipedLine(io: CliIo): Promise<string> {
  const bytes = await readInput(io, 64 * 1024);
  return Buffer.from(bytes).toString("utf8").split(/\r?\n/)[0] ?? "";
}

async function typePassword(io: CliIo, prompt: string): Promise<string> {
  say(io.stderr, prompt);
  io.stdin.setRawMode?.(true);
  let typed = "";
  try {
    for await (const chunk of io.stdin) {
      for (const character of String(chunk)) {
        if (character === "\r" || character === "\n") return typed;
        if (character === "\u0003") throw new CliFailure("failure", "Stopped.");
        typed = character === "\u007f" || character === "\b" ? typed.slice(0, -1) : typed + character;
      }
    }
    return typed;
  } finally {
    io.stdin.setRawMode?.(false);
    say(io.stderr, "\n");
  }
}

/** Asks a yes-or-no question at a terminal; "no" unless the answer starts with y. */
export async function confirm(io: CliIo, question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  try {
    // At the end of the input the question itself would never be answered.
    const ended = once(lines, "close").then(() => "");
    const answer = await Promise.race([lines.question(`${markInvisible(question)} [y/N] `), ended]);
    return /^y/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
