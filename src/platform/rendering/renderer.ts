import { Worker } from "node:worker_threads";
import { watchWork } from "#platform/threads";
import { mostMarkdown } from "./markdown-limits.ts";

/** A text for readers: HTML without scripts, raw HTML and remote pictures; plain text; the language (BCP 47) if it shows. */
type Rendered = { html: string; text: string; language: string | null };

type RenderOutcome =
  | { kind: "done"; value: Rendered }
  | { kind: "failed"; problem: "too_long" | "too_deep" | "too_large" | "too_slow" | "broken" };

export type Renderer = {
  /** Renders Markdown in a thread of its own with bounded time and memory. Never throws. */
  render(source: string): Promise<RenderOutcome>;
};

export type WorkerAnswer = Rendered | { problem: "too_deep" | "too_large" | "broken" };

export const mostHtml = 8_000_000;

type Limits = {
  /** What a text may take of a processor; those that pass `validate` take a hundredth of it. */
  processorMs: number;
  /** How long a text may wait, which on a busy machine says little of it. */
  clockMs: number;
  /** How long a thread without work is kept. */
  idleMs: number;
};

const usual = { processorMs: 15_000, clockMs: 120_000, idleMs: 5_000 };

/**
 * One thread, started with the first text and ended when it was idle for a while, renders one text after another.
 */
export function createRenderer(limits: Limits = usual): Renderer {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function end(): void {
    void worker?.terminate();
    worker = null;
  }

  async function answerTo(source: string): Promise<RenderOutcome> {
    clearTimeout(idle);
    worker ??= start();
    const outcome = await ask(worker, source, limits);
    // A thread that did not answer may hold on to anything.
    if (outcome.kind === "failed") end();
    else idle = setTimeout(end, limits.idleMs).unref();
    return outcome;
  }

  return {
    render(source) {
      if (source.length > mostMarkdown) return Promise.resolve({ kind: "failed", problem: "too_long" });
      const answer = last.then(() => answerTo(source));
      last = answer;
      return answer;
    },
  };
}

function start(): Worker {
  const started = new Worker(new URL("./renderer.worker.ts", import.meta.url), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32, stackSizeMb: 2 },
  });
  started.unref();
  // Between two texts nobody listens, and an error that nobody hears would end the process.
  started.on("error", () => undefined);
  return started;
}

function ask(worker: Worker, source: string, limits: Limits): Promise<RenderOutcome> {
  return new Promise((resolve) => {
    function settle(outcome: RenderOutcome): void {
      unwatch();
      worker.off("message", onMessage).off("error", onEnd).off("exit", onEnd);
      resolve(outcome);
    }
    function onMessage(answer: WorkerAnswer): void {
      settle("problem" in answer ? { kind: "failed", ...answer } : { kind: "done", value: answer });
    }
    // Also when its memory is used up: that ends the thread and no more.
    function onEnd(): void {
      settle({ kind: "failed", problem: "broken" });
    }
    const unwatch = watchWork(worker, limits, () => settle({ kind: "failed", problem: "too_slow" }));
    worker.once("message", onMessage).once("error", onEnd).once("exit", onEnd);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(source);
  });
}
