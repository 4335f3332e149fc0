import type { Command } from "commander";
import { z } from "zod";
import type { Api } from "../api.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";

const siteSchema = z.looseObject({
  slug: z.string(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  public: z.boolean(),
  url: z.string(),
  feeds: z.record(z.string(), z.string()),
});
type Site = z.output<typeof siteSchema>;

/** site: the workspace's public pages. */
export const siteCommands: Register = (program, action) => {
  const group = program.command("site").description("the workspace's public pages");
  group.command("show", { isDefault: true }).description("name and addresses").action(action(show));
  group
    .command("set")
    .description("make the pages, or change what is named")
    .option("--title <words>", "what readers see on top")
    .option("--slug <address>", "the pages are at /site/ and this")
    .option("--description <words>", "one sentence under the title")
    .option("--language <tag>", "such as en, de or pt-BR")
    .option("--public", "everybody may read them")
    .option("--no-public", "nobody may")
    .action(action(set));
};

function inWords(site: Site): string {
  const feeds = Object.entries(site.feeds).map(([name, address]) => `  ${name.padEnd(8)} ${address}`);
  const state = site.public ? "public" : "switched off";
  return [`${site.title} (${site.language}, ${state})`, `  pages    ${site.url}`, ...feeds].join("\n");
}

async function show(context: Context): Promise<void> {
  const site = await (await context.api()).call("getSite", { schema: siteSchema });
  context.print(site, () => inWords(site));
}

async function standing(api: Api): Promise<Partial<Site>> {
  try {
    return await api.call("getSite", { schema: siteSchema });
  } catch (error) {
    if (error instanceof CliFailure && error.reason === "notFound") return {};
    throw error;
  }
}

const optionsSchema = z.object({
  title: z.string().optional(),
  slug: z.string().optional(),
  description: z.string().optional(),
  language: z.string().optional(),
  public: z.boolean().optional(),
});

async function set(context: Context, command: Command): Promise<void> {
  const named = optionsSchema.parse(command.opts());
  const api = await context.api();
  const { title, slug, description, language, public: isPublic } = { ...(await standing(api)), ...named };
  if (title === undefined || slug === undefined)
    throw new CliFailure("usage", "There are no pages yet; name them with --title and --slug.");
  const body = { title, slug, description, language, public: isPublic };
  const site = await api.call("changeSite", { body, schema: siteSchema });
  context.print(site, () => inWords(site));
}
