import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import type { Run } from "../answers.ts";
import { channelListSchema, postSchema, runSchema } from "../answers.ts";
import type { Api } from "../api.ts";
import { theChannel } from "../channel-name.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { readMaterial } from "../material.ts";
import { postText } from "../print.ts";
import { openProgress } from "../progress.ts";

/** draft. */
export const draftCommands: Register = (program, action) => {
  program
    .command("draft")
    .description("draft a post from a Markdown file, a web address, a feed, or - for standard input")
    .argument("[source]", "FILE, URL or -")
    .requiredOption("--to <channels>", "connectors, handles or channel ids, separated by commas")
    .option("--brief <text>", "a few lines to draft from, instead of a source")
    .option("--feed", "the address is a feed; its newest entry is read")
    .option("--item <entry>", "with --feed: the entry with this id, link or title")
    .option("--tone <words>", "how it should sound (for language models)")
    .option("--no-wait", "return at once with the run")
    .action(action(draft));
};

const optionsSchema = z.object({
  to: z.string(),
  brief: z.string().optional(),
  feed: z.boolean().default(false),
  item: z.string().optional(),
  tone: z.string().optional(),
  wait: z.boolean(),
});

async function draft(context: Context, command: Command): Promise<void> {
  const { to, brief, feed, item, tone, wait } = optionsSchema.parse(command.opts());
  const [named] = command.args;
  if ((named === undefined) === (brief === undefined)) {
    throw new CliFailure("usage", "Name one source: a FILE, a URL, - for standard input, or --brief TEXT.");
  }
  const source =
    brief === undefined
      ? await sourceOf(context, named ?? "-", { feed, item })
      : { kind: "brief", text: brief };
  const api = await context.api();
  const channelIds = await resolveChannels(api, to);
  const body = { source, channelIds, ...(tone === undefined ? {} : { tone }) };
  const started = await api.call("createDrafts", { body, schema: runSchema });
  if (!wait) {
    context.print(started, () => `Run ${started.id} is ${started.state}.`);
    return;
  }
  const run = await follow(context, api, started);
  for (const step of run.steps) if (step.notice) context.note(`${step.label}: ${step.notice}`);
  if (run.state !== "done" || run.postId === null) throw failedRun(run);
  const post = await api.call("getPost", { params: { id: run.postId }, schema: postSchema });
  context.print(
    run,
    () => `${postText(post)}\n\nDrafted by: ${run.drafter ?? "?"}. Next: galley submit ${post.id}`,
  );
}

async function sourceOf(
  context: Context,
  named: string,
  { feed, item }: { feed: boolean; item: string | undefined },
) {
  if (/^https?:\/\//i.test(named)) {
    if (feed || item !== undefined)
      return { kind: "feed", url: named, ...(item === undefined ? {} : { item }) };
    return { kind: "url", url: named };
  }
  return { kind: "markdown", ...(await readMaterial(context.io, named)) };
}

/** Channels by connector, handle or id; a name that fits several accounts is refused with the choices. */
async function resolveChannels(api: Api, list: string): Promise<string[]> {
  const { items } = await api.call("listChannels", { schema: channelListSchema });
  const names = list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0)
    throw new CliFailure("usage", "--to needs at least one channel, such as --to sandbox,email");
  return names.map((name) => theChannel(items, name).id);
}

async function follow(context: Context, api: Api, started: Run): Promise<Run> {
  const progress = await openProgress(context.io, !context.json);
  let run = started;
  try {
    while (run.state === "queued" || run.state === "running") {
      const done = run.steps.filter((step) => step.state === "done").length;
      const current = run.steps.find((step) => step.state === "running") ?? run.steps[done];
      progress.show(done, run.steps.length, current?.label ?? "");
      await pause(250);
      run = await api.call("getRun", { params: { id: run.id }, schema: runSchema });
    }
    return run;
  } finally {
    progress.end();
  }
}

function failedRun(run: Run): CliFailure {
  if (!run.error) return new CliFailure("failure", `The run ${run.id} was ${run.state}.`);
  // The server read the source and will not take it: the same source would be refused again.
  const refused =
    /^(?:agent\.source_|egress\.(?:private_address|scheme|port|invalid_url|credentials_in_url))/.test(
      run.error.code,
    );
  return new CliFailure(refused ? "refused" : "failure", run.error.message, { code: run.error.code });
}
