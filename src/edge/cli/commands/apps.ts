import type { Command } from "commander";
import { z } from "zod";
import type { Api } from "../api.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { readPassword } from "../io.ts";
import { table } from "../print.ts";

const appSchema = z.looseObject({
  source: z.enum(["workspace", "installation", "none"]),
  consoleUrl: z.string(),
  fields: z.array(
    z.looseObject({
      key: z.string(),
      label: z.string(),
      kind: z.string(),
      required: z.boolean(),
      isSet: z.boolean(),
      hint: z.string().nullable(),
    }),
  ),
  missing: z.array(z.string()),
  secretEndsAt: z.string().nullable(),
});
type App = z.output<typeof appSchema>;
const platformSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  redirectUri: z.string().nullable(),
  app: appSchema.nullable(),
});
const platformListSchema = z.object({ items: z.array(platformSchema) });

/** apps: the apps that a workspace has registered with platforms. */
export const appCommands: Register = (program, action) => {
  const apps = program.command("apps").description("the apps that you registered with platforms");
  apps
    .command("list", { isDefault: true })
    .description("whose app each platform is used with, and what is missing")
    .action(action(list));
  apps
    .command("set")
    .description("enter the keys of your workspace's own app; its secret comes from standard input")
    .argument("<platform>")
    .option(
      "--set <field=value...>",
      "fields that are no secret; several may follow, an empty value clears one",
    )
    .option("--secret-stdin", "read the secret from standard input; without it the stored one stays")
    .option("--secret-ends <date>", "when the secret ends, such as 2027-05-01, to be warned before")
    .option("--clean", "store the values as Galley would clean them, where it says so")
    .option("--despite", "store the values although something looks wrong")
    .action(action(set));
  apps
    .command("remove")
    .description("go back to the installation's app; what is connected stays connected")
    .argument("<platform>")
    .action(action(remove));
};

async function platforms(api: Api) {
  const { items } = await api.call("listPlatforms", { schema: platformListSchema });
  return items.flatMap(({ app, ...platform }) => (app ? [{ ...platform, app }] : []));
}

async function list(context: Context): Promise<void> {
  const items = await platforms(await context.api());
  context.print({ items }, () => {
    const rows = items.map(({ id, app, redirectUri }) => [
      id,
      { workspace: "your own", installation: "the installation's", none: "none" }[app.source],
      app.missing.join(", "),
      app.fields.flatMap(({ key, hint }) => (hint === null ? [] : [`${key}=${hint}`])).join(" "),
      redirectUri ?? "",
    ]);
    return table(["platform", "app", "missing", "values", "redirect address"], rows);
  });
}

const setSchema = z.object({
  set: z.array(z.string()).default([]),
  secretStdin: z.boolean().default(false),
  secretEnds: z.iso.date("--secret-ends takes a date such as 2027-05-01.").optional(),
  clean: z.boolean().default(false),
  despite: z.boolean().default(false),
});

async function set(context: Context, command: Command): Promise<void> {
  const parsed = setSchema.safeParse(command.opts());
  if (!parsed.success) throw new CliFailure("usage", parsed.error.issues[0]?.message ?? "Wrong options.");
  const { clean, despite, ...options } = parsed.data;
  const api = await context.api();
  const platform = await platformOf(api, command);
  const entered = await enteredValues(context, platform.id, platform.app, options);
  const { findings } = await api.call("checkPlatformApp", {
    params: { connector: platform.id },
    body: { values: entered },
    schema: z.object({ findings: z.array(findingSchema) }),
  });
  const cleaned = clean
    ? findings.flatMap(({ field, cleaned: value }) => (value === null ? [] : [[field, value]]))
    : [];
  const body = {
    values: { ...entered, ...Object.fromEntries(cleaned) },
    secretEndsAt: options.secretEnds ? `${options.secretEnds}T00:00:00Z` : platform.app.secretEndsAt,
    despite,
  };
  refuseFindings(platform.app, clean ? findings.filter((one) => one.cleaned === null) : findings, despite);
  const stored = await api.call("savePlatformApp", {
    params: { connector: platform.id },
    body,
    schema: appSchema,
  });
  context.print(
    stored,
    () =>
      `Stored. Register this redirect address at ${stored.consoleUrl}: ${platform.redirectUri ?? ""}\nThen connect in the browser: ${context.server}/channels`,
  );
}

const findingSchema = z.object({
  field: z.string(),
  code: z.string(),
  message: z.string(),
  cleaned: z.string().nullable(),
});

/** Each finding by its field's name. A secret is never printed, not even cleaned. */
function refuseFindings(app: App, findings: z.output<typeof findingSchema>[], despite: boolean): void {
  if (despite || findings.length === 0) return;
  const problems = findings.map(({ field, code, message, cleaned }) => {
    const label = app.fields.find(({ key }) => key === field)?.label ?? field;
    const offer = cleaned === null ? "" : " --clean stores it without that.";
    return { path: `/values/${field}`, code, message: `${label}: ${message}${offer}` };
  });
  throw new CliFailure("refused", "Something looks wrong; --despite stores it all the same.", {
    code: "channels.wrong_app",
    problems,
  });
}

/** What is stored of the workspace's own app, and over it what was entered now. */
async function enteredValues(
  context: Context,
  platform: string,
  { source, fields }: App,
  { set: pairs, secretStdin }: Pick<z.output<typeof setSchema>, "set" | "secretStdin">,
): Promise<Record<string, string>> {
  const open = fields.filter(({ kind }) => kind !== "password");
  const stored = source === "workspace" ? open.map(({ key, hint }) => [key, hint ?? ""] as const) : [];
  const values: Record<string, string> = Object.fromEntries(stored.filter(([, value]) => value !== ""));
  for (const pair of pairs) {
    const [key = "", ...rest] = pair.split("=");
    if (rest.length === 0 || !open.some((field) => field.key === key)) {
      const keys = open.map((field) => field.key).join(", ");
      // A secret that was written here by mistake is not repeated.
      throw new CliFailure("usage", `--set takes field=value with one of ${keys} of ${platform}.`);
    }
    values[key] = rest.join("=");
  }
  const secret = fields.find(({ kind }) => kind === "password");
  const asks = secret && source !== "workspace" && context.io.stdin.isTTY === true;
  if (secret && (secretStdin || asks)) {
    values[secret.key] = await readPassword(context.io, `${secret.label}: `);
  }
  return values;
}

async function remove(context: Context, command: Command): Promise<void> {
  const api = await context.api();
  const { id, name } = await platformOf(api, command);
  await api.call("removePlatformApp", { params: { connector: id }, schema: z.null() });
  context.print({ removed: id }, () => `${name} is used with the installation's app from now on.`);
}

async function platformOf(api: Api, command: Command) {
  const [wanted = ""] = command.args;
  const all = await platforms(api);
  const found = all.find(({ id }) => id === wanted);
  if (found) return found;
  const ids = all.map(({ id }) => id).join(", ");
  throw new CliFailure("notFound", `"${wanted}" needs no app of yours; those that do are ${ids}.`);
}
