import type { Command } from "commander";
import { z } from "zod";
import { inspectConfig, orderQuarantine } from "#platform/config";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";

/** Admins of the installation see how far looking up has come; all others that sending waits, and no more. */
const viewSchema = z.looseObject({
  active: z.boolean(),
  unknownSince: z.string().nullable().optional(),
  reason: z.string().nullable().optional(),
  unchecked: z.number().optional(),
  reading: z.number().default(0),
  asking: z.number().default(0),
  later: z.number().default(0),
  mayRunTwice: z.boolean().default(false),
});

/** quarantine: where history was lost, nothing is sent until what was sent in it is known. */
export const quarantineCommands: Register = (program, action) => {
  const group = program
    .command("quarantine")
    .description("send nothing until it is known what went out in a lost history");
  group
    .command("status", { isDefault: true })
    .description("how far looking up has come")
    .action(action(status));
  group
    .command("start")
    .description("before the first start on a restored database: run it in the server's folder")
    .requiredOption("--since <time>", "when the backup was made, such as 2026-03-01T02:00:00Z")
    .action(action(start));
  group
    .command("release")
    .description("end it, once everything was looked up")
    .option("--other-is-off", "this may be a copy, and the other Galley is switched off")
    .option("--nothing-sent-early", "do not look up what is planned for later: nobody has sent it early")
    .action(action(release));
};

function inWords(view: z.output<typeof viewSchema>): string {
  if (!view.active) return "No quarantine: posts go out.";
  if (view.unchecked === undefined)
    return "Quarantine: nothing is sent until an admin of the installation ends it.";
  const left = view.mayRunTwice ? 0 : view.unchecked + view.reading;
  return [
    `Quarantine: nothing is sent. ${view.reason ?? ""}`,
    view.mayRunTwice
      ? "Switch the other Galley off, if there is one, before you let posts go out here."
      : `What was sent after ${view.unknownSince ?? "the backup"} is looked up on the platforms: ${left} left.`,
    view.asking > 0 ? `${view.asking} need an answer in the dashboard.` : "",
    "What people called off since then stands again here: look through the calendar first.",
    view.later > 0
      ? `${view.later} planned for later are looked up when they are due; --nothing-sent-early spares that.`
      : "",
    left === 0
      ? `An admin of the installation may end it: galley quarantine release${view.mayRunTwice ? " --other-is-off" : ""}`
      : "",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

async function status(context: Context): Promise<void> {
  const view = await (await context.api()).call("readQuarantine", { schema: viewSchema });
  context.print(view, () => inWords(view));
}

const releaseOptions = z.object({
  otherIsOff: z.boolean().default(false),
  nothingSentEarly: z.boolean().default(false),
});

async function release(context: Context, command: Command): Promise<void> {
  const body = releaseOptions.parse(command.opts());
  const api = await context.api();
  const view = await api.call("releaseQuarantine", { body, schema: viewSchema });
  context.print(view, () => inWords(view));
}

async function start(context: Context, command: Command): Promise<void> {
  const { since } = z.object({ since: z.string() }).parse(command.opts());
  const moment = new Date(since);
  if (Number.isNaN(moment.getTime()) || moment.getTime() > Date.now())
    throw new CliFailure("usage", "--since takes a moment in the past, such as 2026-03-01T02:00:00Z.");
  const { config } = inspectConfig(context.io.environment, context.io.folder);
  if (config === null) throw new CliFailure("failure", "The settings are wrong; see: galley config check");
  await orderQuarantine(config.dataDir, moment);
  context.print(
    { since: moment.toISOString(), dataDir: config.dataDir },
    () =>
      `The worker of ${config.dataDir} sends nothing from its next look on, until an admin of the installation releases it.`,
  );
}
