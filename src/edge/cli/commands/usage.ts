import type { Command } from "commander";
import { z } from "zod";
import type { Context, Register } from "../context.ts";
import { table } from "../print.ts";

const totalSchema = z.looseObject({
  calls: z.number(),
  failed: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cost: z.object({ amount: z.string(), currency: z.string() }),
  unpriced: z.number(),
});
const usageSchema = z.looseObject({
  from: z.string(),
  to: z.string(),
  total: totalSchema,
  items: z.array(
    totalSchema.extend({ provider: z.string(), model: z.string(), operation: z.string(), day: z.string() }),
  ),
});

/** usage: what model calls cost. */
export const usageCommands: Register = (program, action) => {
  program
    .command("usage")
    .description("what model calls cost, by day, model and purpose")
    .option("--from <time>", "from this moment on, such as 2026-12-01T00:00:00Z (default: 30 days ago)")
    .option("--to <time>", "before this moment (default: now)")
    .action(action(usage));
};

async function usage(context: Context, command: Command): Promise<void> {
  const options = z.record(z.string(), z.string()).parse(command.opts());
  const found = await (await context.api()).call("getUsage", { query: options, schema: usageSchema });
  context.print(found, () => {
    const { total, items, from, to } = found;
    const head = `${total.calls} calls from ${from} to ${to}, ${total.failed} failed: ${moneyOf(total)}`;
    if (items.length === 0) return head;
    const rows = items.map((item) => [
      item.day,
      `${item.provider}/${item.model}`,
      item.operation,
      String(item.calls),
      String(item.inputTokens),
      String(item.outputTokens),
      moneyOf(item),
    ]);
    return `${head}\n\n${table(["day", "model", "for", "calls", "tokens in", "tokens out", "cost"], rows)}`;
  });
}

function moneyOf({ cost, unpriced }: z.output<typeof totalSchema>): string {
  const known = `${cost.amount} ${cost.currency}`;
  return unpriced === 0 ? known : `${known} and ${unpriced} calls of unknown price`;
}
