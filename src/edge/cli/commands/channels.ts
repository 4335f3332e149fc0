import type { Command } from "commander";
import { z } from "zod";
import { addressOf } from "#contract";
import type { Channel, Pending } from "../answers.ts";
import { channelListSchema, channelSchema, connectorListSchema, pendingSchema } from "../answers.ts";
import type { Api } from "../api.ts";
import { askFirst, yesOption } from "../ask.ts";
import { theChannel } from "../channel-name.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { shortIds } from "../ids.ts";
import { readPassword } from "../io.ts";
import { table } from "../print.ts";

/** channels, connect, disconnect. */
export const channelCommands: Register = (program, action) => {
  program.command("channels").description("connected accounts and their health").action(action(channels));
  program
    .command("secrets")
    .description("the keys that a workspace's credentials are sealed under")
    .command("rotate")
    .description("start a new data key and seal everything under it; safe to repeat, and while posts go out")
    .action(action(rotateSecrets));
  program
    .command("connect")
    .description("connect an account of a platform; without one, the platforms and how each is connected")
    .argument("[connector]")
    .option("--catcher", "email: use the built-in mail catcher with its ready-made form")
    .option("--set <field=value...>", "fields of the form; several may follow")
    .option("--password-stdin", "read the form's password from standard input")
    .option("--account <id...>", "which accounts to connect, where one consent opens several")
    .action(action(connect));
  program
    .command("disconnect")
    .description("withdraw Galley's access to an account, there and here; its history stays")
    .argument("<channel>", "connector, handle or id")
    .option(...yesOption)
    .action(action(disconnect));
};

async function disconnect(context: Context, command: Command): Promise<void> {
  const { yes } = z.object({ yes: z.boolean().default(false) }).parse(command.opts());
  const api = await context.api();
  const { items } = await api.call("listChannels", { schema: channelListSchema });
  const channel = theChannel(items, command.args[0] ?? "");
  const question = `Disconnect ${channel.handle} on ${channel.connector}?`;
  await askFirst(context, { yes, question, refusal: "Nothing was disconnected." });
  const schema = z.looseObject({ message: z.string() });
  const done = await api.call("disconnectChannel", { params: { id: channel.id }, schema });
  context.print({ id: channel.id, ...done }, () => done.message);
}

async function channels(context: Context): Promise<void> {
  const api = await context.api();
  const list = await api.call("listChannels", { schema: channelListSchema });
  context.print(list, () => {
    if (list.items.length === 0)
      return "No channels yet. Connect the one that comes with Galley: galley connect sandbox";
    const short = shortIds(list.items.map(({ id }) => id));
    const rows = list.items.map((channel) => [
      channel.connector,
      channel.handle,
      channel.status.replaceAll("_", " "),
      channel.statusReason ?? "",
      short.get(channel.id) ?? channel.id,
    ]);
    return table(["connector", "handle", "status", "reason", "id"], rows);
  });
}

const rotatedSchema = z.object({ version: z.number(), resealed: z.number(), unreadable: z.number() });

async function rotateSecrets(context: Context): Promise<void> {
  const api = await context.api();
  const done = await api.call("rotateChannelSecrets", { schema: rotatedSchema });
  const left =
    done.unreadable === 0
      ? ""
      : ` ${done.unreadable} did not open under this GALLEY_KEY: galley doctor names their channels.`;
  context.print(
    done,
    () => `Data key ${done.version} seals from now on; ${done.resealed} values were sealed again.${left}`,
  );
}

const optionsSchema = z.object({
  catcher: z.boolean().default(false),
  set: z.array(z.string()).default([]),
  passwordStdin: z.boolean().default(false),
  account: z.array(z.string()).default([]),
});

async function connect(context: Context, command: Command): Promise<void> {
  const options = optionsSchema.parse(command.opts());
  const [name = ""] = command.args;
  const api = await context.api();
  const { items } = await api.call("listConnectors", { schema: connectorListSchema });
  if (name === "") {
    context.print({ items }, () => platformsText(items));
    return;
  }
  const connector = items.find(({ id }) => id === name);
  if (!connector) {
    throw new CliFailure(
      "notFound",
      `There is no connector "${name}"; there are ${items.map(({ id }) => id).join(", ")}.`,
    );
  }
  const { connect: way } = connector;
  const fields = way.kind === "oauth" ? (way.before?.fields ?? []) : way.fields;
  const form = await filledForm(context, name, fields, options);
  if (way.kind === "form") {
    const body = { connector: name, form };
    const channel = await api.call("connectChannel", { body, schema: channelSchema });
    context.print(channel, () => `Connected ${channel.handle} on ${connector.name}.`);
    return;
  }
  const connected = await authorize(context, api, name, form, options.account);
  const handles = connected.map(({ handle }) => handle).join(", ");
  const [first] = connected;
  context.print(connected.length === 1 ? first : { items: connected }, () =>
    connected.length === 0 ? "Nothing was connected." : `Connected ${handles} on ${connector.name}.`,
  );
}

/** Where nothing but a form is asked for, its fields; a platform's page of consent is for a browser. */
function platformsText(items: z.output<typeof connectorListSchema>["items"]): string {
  const rows = items.map(({ id, name, connect: way }) => {
    if (way.kind === "oauth") return [id, name, id === "sandbox" ? "here" : "in the browser, under Channels"];
    const asked = way.fields.filter(({ required, fixed }) => required && !fixed);
    const flags = asked.map(({ key, kind }) => (kind === "password" ? "--password-stdin" : `--set ${key}=…`));
    return [id, name, `here: ${flags.join(" ")}`];
  });
  return table(["platform", "name", "connected"], rows);
}

/** The consent of a platform that gives it without a page: the sandbox, or one where it was given before. */
async function authorize(
  context: Context,
  api: Api,
  connector: string,
  form: Record<string, string>,
  accounts: readonly string[],
): Promise<Channel[]> {
  const { authorizeUrl } = await api.call("authorizeChannel", {
    body: { connector, form, interactive: false, returnTo: null },
    schema: z.object({ authorizeUrl: z.url() }),
  });
  const back = await api.redirectOf(authorizeUrl);
  const callback = back === null ? null : new URL(back);
  if (!callback || callback.pathname !== addressOf("finishAuthorization", { params: { connector } }).path) {
    throw new CliFailure(
      "refused",
      `This platform asks a person: connect it in the browser at ${context.server}/channels`,
    );
  }
  // Only the query is taken from the platform, so that the session goes to our own server and nowhere else.
  const query = Object.fromEntries(callback.searchParams);
  const answer = await api.call("finishAuthorization", {
    params: { connector },
    query,
    schema: callbackSchema,
  });
  return answer.kind === "pending" ? pick(api, answer.pending, accounts) : [answer.channel];
}

const callbackSchema = z.union([
  pendingSchema.transform((pending) => ({ kind: "pending" as const, pending })),
  channelSchema.transform((channel) => ({ kind: "connected" as const, channel })),
]);

/** Several accounts were opened by one consent: those named with --account, or the list to name them from. */
async function pick(api: Api, pending: Pending, accountIds: readonly string[]): Promise<Channel[]> {
  if (accountIds.length === 0) {
    const rows = pending.accounts.map(({ accountId, kind, displayName, handle, problem }) => [
      accountId,
      kind,
      displayName,
      handle,
      problem ?? "",
    ]);
    const list = table(["account", "kind", "name", "handle", "problem"], rows);
    throw new CliFailure(
      "usage",
      `This consent opened several accounts. Connect again and name the ones you want with --account:\n${list}`,
    );
  }
  const asked = { params: { id: pending.id }, body: { accountIds }, schema: channelListSchema };
  return (await api.call("pickAccounts", asked)).items;
}

type Field = {
  key: string;
  label: string;
  kind: string;
  required: boolean;
  initial: string;
  fixed: boolean;
};

async function filledForm(
  context: Context,
  connector: string,
  fields: readonly Field[],
  options: z.output<typeof optionsSchema>,
): Promise<Record<string, string>> {
  const form: Record<string, string> = {};
  // The ready-made form belongs to the catcher; elsewhere every value is the person's own.
  if (options.catcher) for (const field of fields) if (field.initial !== "") form[field.key] = field.initial;
  for (const pair of options.set) {
    const [key = "", ...rest] = pair.split("=");
    if (rest.length === 0 || !fields.some((field) => field.key === key))
      throw wrongField(connector, pair, fields);
    form[key] = rest.join("=").replaceAll(String.raw`\n`, "\n");
  }
  const secret = fields.find((field) => field.kind === "password");
  if (secret && (options.passwordStdin || (secret.required && context.io.stdin.isTTY))) {
    form[secret.key] = await readPassword(context.io, `${secret.label}: `);
  }
  const missing = fields.filter((field) => field.required && !field.fixed && !form[field.key]);
  if (missing.length > 0) {
    const hints = missing.map((field) =>
      field.kind === "password" ? "--password-stdin" : `--set ${field.key}=… (${field.label})`,
    );
    throw new CliFailure("usage", `The form of ${connector} needs ${hints.join(", ")}.`);
  }
  return form;
}

function wrongField(connector: string, pair: string, fields: readonly Field[]): CliFailure {
  const keys = fields.filter((field) => field.kind !== "password").map((field) => field.key);
  return new CliFailure(
    "usage",
    `--set takes field=value, not "${pair}"; ${connector} has ${keys.join(", ")}.`,
  );
}
