import type { Command } from "commander";
import { z } from "zod";
import { meSchema, postSchema } from "../answers.ts";
import type { Api } from "../api.ts";
import { askFirst, undoOption, yesOption } from "../ask.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { givenId, shortIds, wholeId } from "../ids.ts";
import { table, undoLines } from "../print.ts";
import { ruleOf, todayIn } from "../series-rule.ts";

const summarySchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  state: z.string(),
  words: z.string(),
  approved: z.boolean(),
  next: z.string().nullable(),
});
const seriesSchema = summarySchema.extend({
  boundHash: z.string(),
  templateId: z.string(),
  undoUntil: z.string().nullable(),
  dates: z.array(z.looseObject({ wall: z.string(), at: z.string(), clock: z.string() })),
});

const steps = { pause: "pauseSeries", resume: "resumeSeries", end: "endSeries" } as const;

/** series: what repeats. queue: the next free slot. */
export const seriesCommands: Register = (program, action) => {
  const series = program.command("series").description("recurring posts");
  series.command("list", { isDefault: true }).description("all series").action(action(list));
  series
    .command("create")
    .description("repeat a post: its content becomes the template")
    .argument("<post id>")
    .requiredOption("--every <span>", "day, week or month; with a number every so many, as 2-weeks")
    .option("--on <days>", "week: mon,thu  month: 15, last, first-mon, 2nd-tue or last-fri")
    .requiredOption("--at <time>", "wall time, such as 09:00")
    .option("--zone <zone>", "IANA time zone (default: the workspace's)")
    .option("--from <date>", "the first date that may be one (default: today)")
    .option("--until <date>", "the last date that may be one")
    .option("--count <number>", "how many times")
    .option("--rule <rule>", "where the clock change makes the time ambiguous: compatible, earlier or later")
    .option("--ahead <number>", "how many posts are made ahead")
    .action(action(create));
  series
    .command("approve")
    .description("approve template and rule, and with them every occurrence")
    .argument("<id>")
    .option(...yesOption)
    .option(...undoOption)
    .action(action(approve));
  for (const [verb, operation] of Object.entries(steps)) {
    series
      .command(verb)
      .description(`${verb} a series`)
      .argument("<id>")
      .action(action((context, command) => act(context, command, operation)));
  }
  program
    .command("queue")
    .description("schedule a post at the next free slot of its channels")
    .argument("<id>")
    .action(action(queue));
};

async function list(context: Context): Promise<void> {
  const api = await context.api();
  const page = await api.call("listSeries", { schema: z.object({ items: z.array(summarySchema) }) });
  context.print(page, () => {
    if (page.items.length === 0) return "No series yet. Repeat a post: galley series create --help";
    const short = shortIds(page.items.map(({ id }) => id));
    const rows = page.items.map(({ id, state, approved, words, title }) => [
      short.get(id) ?? id,
      approved ? state : `${state}, not approved`,
      words,
      title,
    ]);
    return table(["id", "state", "when", "title"], rows);
  });
}

async function create(context: Context, command: Command): Promise<void> {
  const rule = ruleOf(command.opts());
  const given = givenId(command, "post");
  const api = await context.api();
  const postId = await wholeId(api, given, "post");
  const zone = rule.zone ?? (await workspaceZone(api));
  const startsOn = rule.startsOn ?? todayIn(zone);
  const { ahead, ...rest } = rule;
  const body = { postId, rule: { ...rest, zone, startsOn }, ...(ahead === undefined ? {} : { ahead }) };
  const made = await api.call("createSeries", { body, schema: seriesSchema });
  context.print(made, () => {
    const dates = made.dates.slice(0, 5).map(({ wall }) => `  ${wall.replace("T", " ")}`);
    return [made.words, ...dates, `Not approved yet. Next: galley series approve ${made.id}`].join("\n");
  });
}

async function workspaceZone(api: Api): Promise<string> {
  const { workspace } = await api.call("whoAmI", { schema: meSchema });
  if (workspace) return workspace.timeZone;
  throw new CliFailure("usage", "There is no workspace to take a time zone from; name one with --zone.");
}

async function approve(context: Context, command: Command): Promise<void> {
  const { yes, undo } = z
    .object({ yes: z.boolean().default(false), undo: z.boolean().default(false) })
    .parse(command.opts());
  const given = givenId(command, "series");
  const api = await context.api();
  const id = await wholeId(api, given, "series");
  if (undo) {
    const taken = await api.call("undoSeriesApproval", { params: { id }, schema: seriesSchema });
    context.print(taken, () => `Taken back: ${taken.title} is not approved.`);
    return;
  }
  const seen = await read(api, id);
  const template = await api.call("getPost", { params: { id: seen.templateId }, schema: postSchema });
  const texts = template.variants.map(
    ({ connector, handle, content }) => `${connector} ${handle}\n${content.parts.join("\n---\n")}`,
  );
  const dates = seen.dates.slice(0, 5).map(({ wall, at }) => `  ${wall.replace("T", " ")} (${at})`);
  context.note([seen.title, seen.words, ...dates, "", ...texts].join("\n"));
  await askFirst(context, {
    yes,
    question: "Approve exactly this, every time?",
    refusal: "Not approved.",
  });
  // The hash of what was shown: a change in between is refused by the server.
  const body = { boundHash: seen.boundHash, note: "" };
  const done = await api.call("approveSeries", { params: { id }, body, schema: seriesSchema });
  context.print(done, () =>
    [
      `Approved. Next: ${done.next ?? "nothing"}`,
      ...undoLines(done.undoUntil, `galley series approve ${id} --undo`),
    ].join("\n"),
  );
}

async function act(
  context: Context,
  command: Command,
  operation: (typeof steps)[keyof typeof steps],
): Promise<void> {
  const given = givenId(command, "series");
  const api = await context.api();
  const id = await wholeId(api, given, "series");
  const done = await api.call(operation, { params: { id }, schema: seriesSchema });
  context.print(done, () => `${done.title}: ${done.state}`);
}

async function queue(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const post = await api.call("queuePost", { params: { id }, schema: postSchema });
  context.print(post, () => `Goes out ${post.scheduled?.wall ?? ""} ${post.scheduled?.zone ?? ""}`);
}

function read(api: Api, id: string) {
  return api.call("getSeries", { params: { id }, schema: seriesSchema });
}
