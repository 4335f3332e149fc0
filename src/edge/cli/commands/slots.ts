import type { Command } from "commander";
import { z } from "zod";
import { channelListSchema } from "../answers.ts";
import { theChannel } from "../channel-name.ts";
import type { Context, Register } from "../context.ts";
import { givenId, shortIds, wholeId } from "../ids.ts";
import { table } from "../print.ts";
import { dayNames, weekdaysOf } from "../series-rule.ts";

const slotSchema = z.looseObject({
  id: z.string(),
  channelId: z.string(),
  weekday: z.number(),
  time: z.string(),
  zone: z.string().nullable(),
});

/** slots: the weekly times that galley queue fills. */
export const slotCommands: Register = (program, action) => {
  const group = program.command("slots").description("the weekly times that galley queue fills");
  group.command("list", { isDefault: true }).description("all slots").action(action(list));
  group
    .command("add")
    .description("give a channel weekly slots")
    .requiredOption("--channel <name>", "connector, handle or id")
    .requiredOption("--on <days>", "days of the week, such as mon,thu")
    .requiredOption("--at <time>", "wall time, such as 09:00")
    .option("--zone <zone>", "IANA time zone (default: the workspace's)")
    .action(action(add));
  group
    .command("remove")
    .description("take a slot away; posts that it holds keep their time")
    .argument("<id>")
    .action(action(remove));
};

async function list(context: Context): Promise<void> {
  const api = await context.api();
  const found = await api.call("listQueueSlots", { schema: z.object({ items: z.array(slotSchema) }) });
  const channels = await api.call("listChannels", { schema: channelListSchema });
  const handles = new Map(channels.items.map(({ id, connector, handle }) => [id, `${connector} ${handle}`]));
  context.print(found, () => {
    if (found.items.length === 0) return "No slots yet. Add some: galley slots add --help";
    const short = shortIds(found.items.map(({ id }) => id));
    const rows = found.items.map(({ id, channelId, weekday, time, zone }) => [
      short.get(id) ?? id,
      handles.get(channelId) ?? channelId,
      dayNames[weekday - 1] ?? String(weekday),
      time,
      zone ?? "",
    ]);
    return table(["id", "channel", "day", "time", "zone"], rows);
  });
}

const addSchema = z.object({
  channel: z.string(),
  on: z.string(),
  at: z.string(),
  zone: z.string().nullable().default(null),
});

async function add(context: Context, command: Command): Promise<void> {
  const { channel: named, on, at: time, zone } = addSchema.parse(command.opts());
  const weekdays = weekdaysOf(on);
  const api = await context.api();
  const { items: channels } = await api.call("listChannels", { schema: channelListSchema });
  const channel = theChannel(channels, named);
  const items = [];
  for (const weekday of weekdays) {
    const body = { channelId: channel.id, weekday, time, zone };
    items.push(await api.call("addQueueSlot", { body, schema: slotSchema }));
  }
  context.print({ items }, () => `${items.length} slots on ${channel.connector} ${channel.handle}.`);
}

async function remove(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "slot");
  const api = await context.api();
  const id = await wholeId(api, given, "slot");
  await api.call("removeQueueSlot", { params: { id }, schema: z.unknown() });
  context.print({ id }, () => "The slot is gone.");
}
