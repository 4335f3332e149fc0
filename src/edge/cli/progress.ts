import { markInvisible } from "#kit";
import type { CliIo } from "./io.ts";

export type Progress = { show(done: number, total: number, label: string): void; end(): void };

const silent: Progress = { show: () => undefined, end: () => undefined };

/** A progress bar on standard error, where a person looks at it; silent in a script. */
export async function openProgress(io: CliIo, wanted: boolean): Promise<Progress> {
  if (!wanted || !io.stderr.isTTY) return silent;
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    format: "{bar} {value}/{total} {label}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: io.stderr,
  });
  let started = false;
  return {
    show(done, total, label) {
      const shown = { label: markInvisible(label) };
      if (!started) bar.start(total, done, shown);
      else bar.update(done, shown);
      started = true;
    },
    end: () => bar.stop(),
  };
}
