import type { Command } from "commander";
import { z } from "zod";
import type { Api } from "../api.ts";
import { channelListSchema, channelSchema, connectorListSchema } from "../answers.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { readPassword } from "../io.ts";
import { table } from "../print.ts";

/** channels, connect. */
export const channelCommands: Register = (program, action) => {
  program.command("channels").description("connected accounts and their health").action(action(channels));
  program
    .command("connect")
    .description("connect an account: sandbox, or one with a form such as email or bluesky")
    .argument("<connector>")
    .option("--catcher", "email: use the built-in mail catcher with its ready-made form")
    .option("--set <field=value...>", "fields of the form; several may follow")
    .option("--password-stdin", "read the form's password from standard input")
    .action(action(connect));
};

async function channels(context: Context): Promise<void> {
  const api = await context.api();
  const list = await api.call({ path: "/channels", schema: channelListSchema });
  context.print(list, () => {
    if (list.items.length === 0)
      return "No channels yet. Connect the one that comes with Galley: galley connect sandbox";
    const rows = list.items.map((channel) => [
      channel.connector,
      channel.handle,
      channel.status.replaceAll("_", " "),
      channel.statusReason ?? "",
      channel.id,
    ]);
    return table(["connector", "handle", "status", "reason", "id"], rows);
  });
}

const optionsSchema = z.object({
  catcher: z.boolean().default(false),
  set: z.array(z.string()).default([]),
  passwordStdin: z.boolean().default(false),
});

async function connect(context: Context, command: Command): Promise<void> {
  const options = optionsSchema.parse(command.opts());
  const [name = ""] = command.args;
  const api = await context.api();
  const { items } = await api.call({ path: "/connectors", schema: connectorListSchema });
  const connector = items.find(({ id }) => id === name);
  if (!connector) {
    throw new CliFailure(
      "notFound",
      `There is no connector "${name}"; there are ${items.map(({ id }) => id).join(", ")}.`,
    );
  }
  const channel =
    connector.connect.kind === "oauth"
      ? await authorize(context, api, name)
      : await fillForm(context, api, name, connector.connect.fields, options);
  context.print(channel, () => `Connected ${channel.handle} on ${connector.name}.`);
}

/** The consent of a platform that gives it without a page: the sandbox, or one where it was given before. */
async function authorize(context: Context, api: Api, connector: string) {
  const { authorizeUrl } = await api.call({
    method: "POST",
    path: "/channels/authorize",
    body: { connector, interactive: false, returnTo: null },
    schema: z.object({ authorizeUrl: z.url() }),
  });
  const back = await api.redirectOf(authorizeUrl);
  const callback = back === null ? null : new URL(back);
  if (!callback || callback.pathname !== `/api/v1/oauth/${connector}/callback`) {
    throw new CliFailure(
      "refused",
      `This platform asks a person: connect it in the browser at ${context.server}/channels`,
    );
  }
  // Only the path is taken from the platform, so that the session goes to our own server and nowhere else.
  return api.call({ path: `/oauth/${connector}/callback${callback.search}`, schema: channelSchema });
}

type Field = { key: string; label: string; kind: string; required: boolean; initial: string };

async function fillForm(
  context: Context,
  api: Api,
  connector: string,
  fields: readonly Field[],
  options: z.output<typeof optionsSchema>,
) {
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
  const missing = fields.filter((field) => field.required && !form[field.key]);
  if (missing.length > 0) {
    const hints = missing.map((field) =>
      field.kind === "password" ? "--password-stdin" : `--set ${field.key}=… (${field.label})`,
    );
    throw new CliFailure("usage", `The form of ${connector} needs ${hints.join(", ")}.`);
  }
  return api.call({ method: "POST", path: "/channels", body: { connector, form }, schema: channelSchema });
}

function wrongField(connector: string, pair: string, fields: readonly Field[]): CliFailure {
  const keys = fields.filter((field) => field.kind !== "password").map((field) => field.key);
  return new CliFailure(
    "usage",
    `--set takes field=value, not "${pair}"; ${connector} has ${keys.join(", ")}.`,
  );
}
