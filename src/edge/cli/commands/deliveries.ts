import type { Command } from "commander";
import { z } from "zod";
import { stoppedStates, uncertainStates } from "#contract";
import { type Deliveries, deliveriesSchema, deliverySchema, openCopies } from "../answers.ts";
import type { Api } from "../api.ts";
import { askFirst, yesOption } from "../ask.ts";
import { isNamed } from "../channel-name.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { givenId, wholeId } from "../ids.ts";
import { deliveriesText } from "../print.ts";

type Delivery = Deliveries["items"][number];

/** resolve, retry, leave, settled: what a person decides where Galley has stopped. */
export const deliveryCommands: Register = (program, action) => {
  const channel = ["--channel <name>", "which channel, where the post went to several"] as const;
  program
    .command("resolve")
    .description("say what became of a post whose answer was lost")
    .argument("<id>")
    .option("--live [url]", "it is live, at this address")
    .option("--leave-rest", "with --live: what follows in its thread is never sent")
    .option("--absent", "it is not; it is sent again")
    .option(...channel)
    .action(action(resolve));
  program
    .command("retry")
    .description("send again what was refused, missed or skipped; look again where the outcome is unknown")
    .argument("<id>")
    .option(...channel)
    .option(...yesOption)
    .action(action(retry));
  program
    .command("leave")
    .description("leave a post as it is of which a part is live and the rest was refused")
    .argument("<id>")
    .option(...channel)
    .action(action(leave));
  program
    .command("settled")
    .description("say that what came up late on a platform is settled: taken down there, or left on purpose")
    .argument("<id>")
    .action(action(settled));
};

const outcomeSchema = z.object({
  live: z.union([z.string(), z.literal(true)]).optional(),
  leaveRest: z.boolean().default(false),
  absent: z.boolean().default(false),
});

async function resolve(context: Context, command: Command): Promise<void> {
  const { live, leaveRest, absent } = outcomeSchema.parse(command.opts());
  if ((live === undefined) === !absent) {
    throw new CliFailure("usage", "Look at the account, then say --live URL or --absent.");
  }
  if (absent && leaveRest) throw new CliFailure("usage", "--leave-rest goes with --live.");
  const rest = leaveRest ? "leave" : "send";
  const body = absent ? { outcome: "absent" } : { outcome: "live", url: live === true ? null : live, rest };
  await decide(context, command, {
    ask: (api, params) => api.call("resolveDelivery", { params, body, schema: deliverySchema }),
    stopped: uncertainStates,
  });
}

function retry(context: Context, command: Command): Promise<void> {
  const sent: readonly string[] = [...stoppedStates, "skipped"];
  const { yes } = z.object({ yes: z.boolean().default(false) }).parse(command.opts());
  // Where Galley asks about an outcome it only looks again.
  return decide(context, command, {
    ask: (api, params) => api.call("retryDelivery", { params, schema: deliverySchema }),
    stopped: [...sent, "needs_human"],
    before: askAbout,
  });

  /** A second copy may come of it. */
  async function askAbout({ state, mayBeLive, channel }: Delivery): Promise<void> {
    if (!mayBeLive || !sent.includes(state)) return;
    await askFirst(context, {
      yes,
      question: `It may be live on ${channel.handle} already, and people would see it twice. Send it again?`,
      refusal: "Nothing was sent.",
    });
  }
}

function leave(context: Context, command: Command): Promise<void> {
  return decide(context, command, {
    ask: (api, params) => api.call("leaveDelivery", { params, schema: deliverySchema }),
    stopped: stoppedStates,
  });
}

async function settled(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "post");
  const api = await context.api();
  const all = { params: { id: await wholeId(api, given, "post") }, schema: deliveriesSchema };
  const { items } = await api.call("listPostDeliveries", all);
  const open = items.flatMap(openCopies);
  if (open.length === 0) throw new CliFailure("failure", "Nothing of this post came up late.");
  for (const { id } of open) {
    await api.call("acknowledgeSecondCopy", { params: { id }, schema: deliverySchema });
  }
  const after = await api.call("listPostDeliveries", all);
  context.print(after, () => deliveriesText(after));
}

async function decide(
  context: Context,
  command: Command,
  decision: {
    ask: (api: Api, params: { id: string }) => Promise<Delivery>;
    stopped: readonly string[];
    before?: (delivery: Delivery) => Promise<void>;
  },
): Promise<void> {
  const given = givenId(command, "post");
  const api = await context.api();
  const postId = await wholeId(api, given, "post");
  const delivery = await theOne(api, command, { postId, stopped: decision.stopped });
  await decision.before?.(delivery);
  const decided = await decision.ask(api, { id: delivery.id });
  context.print(decided, () => deliveriesText({ items: [decided] }));
}

/** The delivery that is meant: the only one that waits for this, or that of the named channel. */
async function theOne(
  api: Api,
  command: Command,
  { postId, stopped }: { postId: string; stopped: readonly string[] },
): Promise<Delivery> {
  const { channel: named } = z.object({ channel: z.string().optional() }).parse(command.opts());
  const { items } = await api.call("listPostDeliveries", {
    params: { id: postId },
    schema: deliveriesSchema,
  });
  const meant =
    named === undefined
      ? items.filter(({ state }) => stopped.includes(state))
      : items.filter(({ channel, state }) => state !== "cancelled" && isNamed(channel, named));
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  if (only) {
    const names = meant.map(({ channel }) => `${channel.handle} (${channel.connector})`).join(", ");
    throw new CliFailure("usage", `Name one of the channels with --channel: ${names}.`);
  }
  throw new CliFailure(
    named === undefined ? "failure" : "notFound",
    named === undefined
      ? "Nothing of this post waits for that; see: galley status"
      : `The post is not on ${named}.`,
  );
}
