import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import { settledStates } from "#contract";
import type { Post } from "../answers.ts";
import { deliveriesSchema, meSchema, postSchema } from "../answers.ts";
import type { Api } from "../api.ts";
import { askFirst, undoOption, yesOption } from "../ask.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { givenId, wholeId } from "../ids.ts";
import { deliveriesText, postText, undoLines } from "../print.ts";
import { openProgress } from "../progress.ts";

const skipHelp = "leave out channels that are not set up, each with its reason; send to them later";

/** submit, approve, schedule, publish, cancel: what moves a post on. */
export const publishCommands: Register = (program, action) => {
  program.command("submit").description("ask for approval").argument("<id>").action(action(submit));
  program
    .command("approve")
    .description("approve exactly what is shown")
    .argument("<id>")
    .option(...yesOption)
    .option("--note <text>", "a note to the author", "")
    .option(...undoOption)
    .action(action(approve));
  program
    .command("schedule")
    .description("choose when a post goes out")
    .argument("<id>")
    .requiredOption("--at <time>", "wall time, such as 2026-12-01T09:00")
    .option("--zone <zone>", "IANA time zone (default: the workspace's)")
    .option("--rule <rule>", "where the clock change makes the time ambiguous: compatible, earlier or later")
    .option("--skip-unready", skipHelp)
    .action(action(schedule));
  program
    .command("publish")
    .description("publish an approved post now")
    .argument("<id>")
    .option("--skip-unready", skipHelp)
    .option("--wait", "until every channel has an outcome")
    .option("--timeout <seconds>", "how long to wait", "300")
    .action(action(publish));
  program
    .command("cancel")
    .description("give a post up")
    .argument("<id>")
    .option(...yesOption)
    .action(action(cancel));
};

const skipUnready = z
  .boolean()
  .default(false)
  .transform((skips) => (skips ? "skip" : "refuse"));

async function submit(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const post = await api.call("submitPost", { params: { id }, schema: postSchema });
  context.print(post, () => `Submitted. Next: galley approve ${post.id}`);
}

async function approve(context: Context, command: Command): Promise<void> {
  const { yes, note, undo } = z
    .object({ yes: z.boolean().default(false), note: z.string(), undo: z.boolean().default(false) })
    .parse(command.opts());
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  if (undo) {
    const taken = await api.call("undoApproval", { params: { id }, schema: postSchema });
    context.print(taken, () => `Taken back: the post is ${taken.status.replaceAll("_", " ")}.`);
    return;
  }
  const seen = await api.call("getPost", { params: { id }, schema: postSchema });
  context.note(postText(seen));
  await askFirst(context, { yes, question: "Approve exactly this?", refusal: "Not approved." });
  // The hash of what was shown: a change in between is refused by the server.
  const body = { boundHash: seen.boundHash, note };
  const post = await api.call("approvePost", { params: { id }, body, schema: postSchema });
  context.print(post, () =>
    [
      `Approved, version ${post.version}. Next: galley publish ${id}`,
      ...undoLines(post.undoUntil, `galley approve ${id} --undo`),
    ].join("\n"),
  );
}

const previewSchema = z.object({
  kind: z.enum(["ordinary", "gap", "overlap"]),
  at: z.string(),
  choices: z.array(z.object({ rule: z.string(), at: z.string(), label: z.string() })),
});

async function schedule(context: Context, command: Command): Promise<void> {
  const options = z
    .object({ at: z.string(), zone: z.string().optional(), rule: z.string().optional(), skipUnready })
    .parse(command.opts());
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const zone = options.zone ?? (await api.call("whoAmI", { schema: meSchema })).workspace?.timeZone ?? "UTC";
  const query = { wall: options.at, zone };
  const preview = await api.call("previewSchedule", { query, schema: previewSchema });
  if (preview.kind !== "ordinary" && options.rule === undefined) {
    const choices = preview.choices.map((choice) => `--rule ${choice.rule} (${choice.label})`).join(", ");
    throw new CliFailure("usage", `The clock changes at ${options.at} in ${zone}; choose ${choices}.`);
  }
  const rule = options.rule === undefined ? {} : { rule: options.rule };
  const body = { ...query, ...rule, unready: options.skipUnready };
  const post = await api.call("schedulePost", { params: { id }, body, schema: postSchema });
  context.print(post, () => `Goes out ${options.at} ${zone} (${post.scheduled?.at ?? preview.at}).`);
}

const underWay = new Set(["publishing", "scheduled", "approved"]);

async function publish(context: Context, command: Command): Promise<void> {
  const {
    wait,
    timeout,
    skipUnready: unready,
  } = z
    .object({ skipUnready, wait: z.boolean().default(false), timeout: z.coerce.number().positive() })
    .parse(command.opts());
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const started = await api.call("publishPost", { params: { id }, body: { unready }, schema: postSchema });
  if (!wait) {
    context.print(started, () => `On its way. Follow it: galley status ${id}`);
    return;
  }
  const { post, deliveries } = await untilSettled(context, api, started, timeout * 1000);
  context.print(
    { id, status: post.status, post, deliveries: deliveries.items },
    () => `${post.status.replaceAll("_", " ")}\n${deliveriesText(deliveries)}`,
  );
  if (post.status !== "published") {
    const message = underWay.has(post.status)
      ? `Not settled after ${timeout} seconds; see galley status ${id}`
      : `The post is ${post.status.replaceAll("_", " ")}.`;
    throw new CliFailure("failure", message, { code: `cli.post_${post.status}` });
  }
}

/** Where a person is asked, waiting longer brings nothing. */
const settled: ReadonlySet<string> = settledStates;

async function untilSettled(context: Context, api: Api, started: Post, timeoutMs: number) {
  const progress = await openProgress(context.io, !context.json);
  const end = Date.now() + timeoutMs;
  try {
    for (;;) {
      const deliveries = await api.call("listPostDeliveries", {
        params: { id: started.id },
        schema: deliveriesSchema,
      });
      const post = await api.call("getPost", { params: { id: started.id }, schema: postSchema });
      const done = deliveries.items.filter((delivery) => settled.has(delivery.state)).length;
      progress.show(done, deliveries.items.length, "channels");
      const isOver = done === deliveries.items.length && post.status !== "publishing";
      const asks =
        done === deliveries.items.length && deliveries.items.some(({ state }) => state !== "confirmed");
      if (isOver || asks || Date.now() > end) return { post, deliveries };
      await pause(300);
    }
  } finally {
    progress.end();
  }
}

async function cancel(context: Context, command: Command): Promise<void> {
  const { yes } = z.object({ yes: z.boolean().default(false) }).parse(command.opts());
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const seen = await api.call("getPost", { params: { id }, schema: postSchema });
  const question = `Give up "${seen.title}" (${seen.status.replaceAll("_", " ")})?`;
  await askFirst(context, { yes, question, refusal: "Not cancelled." });
  const post = await api.call("cancelPost", { params: { id }, schema: postSchema });
  context.print(post, () => `The post is ${post.status.replaceAll("_", " ")}.`);
}
