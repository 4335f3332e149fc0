import { z } from "zod";
import type { Context, Register } from "../context.ts";
import { table } from "../print.ts";

const needSchema = z.looseObject({
  id: z.string(),
  kind: z.enum(["answer", "channel", "stopped", "approval"]),
  what: z.string(),
  postId: z.string().nullable(),
  title: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  held: z.number(),
  channel: z.object({ connector: z.string(), handle: z.string() }).nullable(),
});
const attentionSchema = z.looseObject({
  count: z.number(),
  items: z.array(needSchema),
  next: z.string().nullable(),
});

type Need = z.output<typeof needSchema>;

/** needs: what waits for the person who asks. */
export const needsCommands: Register = (program, action) => {
  program
    .command("needs")
    .description("what waits for you: questions, channels, what has stopped, what is to be approved")
    .action(action(needs));
};

async function needs(context: Context): Promise<void> {
  const api = await context.api();
  const items: Need[] = [];
  let count = 0;
  for (let cursor: string | undefined; ;) {
    const page = await api.call("listAttention", { query: { limit: 100, cursor }, schema: attentionSchema });
    items.push(...page.items);
    count = page.count;
    if (page.next === null) break;
    cursor = page.next;
  }
  context.print({ count, items }, () => {
    if (items.length === 0) return "Nothing waits for you.";
    return table(["what", "where", "why", "then"], items.map(rowOf));
  });
}

function rowOf(need: Need): string[] {
  const { title, channel, state, reason, held } = need;
  const where = channel === null ? title : `${channel.handle} (${channel.connector})`;
  const waiting = held > 0 ? `${held} ${held === 1 ? "post waits" : "posts wait"} for it` : "";
  const why = [reason ?? state.replaceAll("_", " "), waiting].filter((words) => words !== "").join("; ");
  return [kindText[need.kind], where, why, nextStep(need)];
}

const kindText: Record<Need["kind"], string> = {
  answer: "may be live",
  channel: "channel",
  stopped: "stopped",
  approval: "to approve",
};

/** The command that goes on with it. */
function nextStep({ kind, what, postId, channel }: Need): string {
  if (kind === "approval") return what === "series" ? "galley series" : `galley approve ${postId}`;
  if (kind === "channel") return `galley doctor ${channel?.connector ?? ""}`.trim();
  return kind === "answer" ? `galley resolve ${postId}` : `galley retry ${postId}`;
}
