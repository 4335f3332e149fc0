import { readFileSync, writeSync } from "node:fs";
import { z } from "zod";

// Preloaded into a worker: does at the failpoints of its sources what the plan says.
// The plan is a file, named by CHAOS_PLAN; what happens is told on descriptor 3, which outlives a SIGKILL.

const planSchema = z.object({
  arms: z.array(
    z.object({
      failpoints: z.array(z.int()),
      /** What befalls the process, or the database under it. */
      act: z.enum(["SIGKILL", "SIGTERM", "SIGSTOP", "database crash"]),
      /** Not before this many milliseconds: of the process's life, or of its service. */
      fromMs: z.number(),
      since: z.enum(["birth", "service"]),
    }),
  ),
  /** How far this process's clock is off; its monotonic clock and the database's are not. */
  skewMs: z.number(),
});
export type LifetimePlan = z.input<typeof planSchema>;

const plan = planSchema.parse(JSON.parse(readFileSync(process.env["CHAOS_PLAN"] ?? "", "utf8")));
const passed = new Set<number>();
let arms = plan.arms.map((arm) => ({ ...arm, failpoints: new Set(arm.failpoints) }));

/** So long this process waits, without doing anything else, until the database is gone. */
const crashTakesMs = 150;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** When it said that it runs, by its own clock. */
let inServiceAt = Infinity;
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text: string | Uint8Array) => {
  if (String(text).includes("worker runs")) inServiceAt = performance.now();
  return write(text);
};

function tell(event: string): void {
  writeSync(3, `${event}\n`);
}

function pass(failpoint: number): void {
  if (!passed.has(failpoint)) {
    passed.add(failpoint);
    tell(`passed ${failpoint}`);
  }
  for (const arm of arms) {
    const livedMs = performance.now() - (arm.since === "birth" ? 0 : inServiceAt);
    if (!arm.failpoints.has(failpoint) || livedMs < arm.fromMs) continue;
    arms = arms.filter((other) => other !== arm);
    tell(`${arm.act} ${failpoint}`);
    if (arm.act === "database crash") Atomics.wait(nobody, 0, 0, crashTakesMs);
    // To oneself SIGKILL and SIGSTOP act before this call returns; SIGTERM is heard in the next turn of the event loop.
    else process.kill(process.pid, arm.act);
    return;
  }
}

function value<Value>(failpoint: number, given: Value): Value {
  pass(failpoint);
  return given;
}

async function* each<Item>(
  failpoint: number,
  items: AsyncIterable<Item> | Iterable<Item>,
): AsyncGenerator<Item> {
  pass(failpoint);
  for await (const item of items) {
    pass(failpoint + 2);
    yield item;
    pass(failpoint + 1);
  }
}

if (plan.skewMs !== 0) {
  const RealDate = Date;
  class SkewedDate extends RealDate {
    constructor(...given: unknown[]) {
      // A construction without arguments asks for the time; every other names it.
      super(...((given.length === 0 ? [RealDate.now() + plan.skewMs] : given) as []));
    }
    static override now(): number {
      return RealDate.now() + plan.skewMs;
    }
  }
  globalThis.Date = SkewedDate as DateConstructor;
}

Object.assign(globalThis, {
  __chaos: { pass, value, each, loaded: (file: string) => tell(`loaded ${file}`) },
});
