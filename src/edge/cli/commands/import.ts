import { readFile, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import type { Api } from "../api.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { table } from "../print.ts";
import { openProgress } from "../progress.ts";

const importSchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  notice: z.string().nullable(),
  lines: z.number(),
  counts: z.object({
    waiting: z.number(),
    ready: z.number(),
    broken: z.number(),
    repeated: z.number(),
    made: z.number(),
  }),
});
type Import = z.output<typeof importSchema>;

const linesSchema = z.object({
  items: z.array(
    z.looseObject({
      line: z.number(),
      state: z.string(),
      problems: z.array(z.looseObject({ column: z.string(), message: z.string() })),
    }),
  ),
  next: z.number().nullable(),
});

/** import, export: posts from a spreadsheet and into one. */
export const importCommands: Register = (program, action) => {
  program
    .command("import")
    .description(
      "make drafts from a CSV file; broken lines are told and left out, and end it with exit code 1",
    )
    .argument("<file>")
    .option("--dry-run", "only check the file")
    .option("--zone <zone>", "time zone of lines that name none (default: the workspace's)")
    .action(action(importFile));
  program
    .command("export")
    .description("write all posts into a CSV file that galley import takes")
    .argument("<file>")
    .action(action(exportFile));
};

async function importFile(context: Context, command: Command): Promise<void> {
  const [name = ""] = command.args;
  const { dryRun, zone } = z
    .object({ dryRun: z.boolean().default(false), zone: z.string().optional() })
    .parse(command.opts());
  const content = (await contentOf(context, name)).toString("base64");
  const api = await context.api();
  const uploaded = await api.call("uploadImport", {
    body: { fileName: basename(name), content, ...(zone ? { zone } : {}) },
    schema: importSchema,
  });
  const checked = await follow(context, api, uploaded, "checking");
  if (checked.notice) context.note(checked.notice);
  const done = dryRun || checked.counts.ready === 0 ? checked : await make(context, api, checked);
  const broken = await brokenLines(api, done.id);
  context.print({ ...done, broken }, () => report(done, broken, dryRun));
  if (broken.length > 0) {
    const lines = broken.length === 1 ? "1 line is broken" : `${broken.length} lines are broken`;
    throw new CliFailure("failure", `${lines}; mend them and import the file again.`, {
      code: "cli.import_broken_lines",
    });
  }
}

async function make(context: Context, api: Api, { id }: Import): Promise<Import> {
  const started = await api.call("startImport", { params: { id }, schema: importSchema });
  const done = await follow(context, api, started, "importing");
  if (done.state === "failed") throw new CliFailure("failure", done.notice ?? "The import failed.");
  return done;
}

async function contentOf(context: Context, name: string): Promise<Buffer> {
  try {
    return await readFile(resolve(context.io.folder, name));
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliFailure(
      missing ? "notFound" : "failure",
      missing ? `There is no file ${name}.` : `${name} cannot be read: ${reason}`,
    );
  }
}

/** Waits while the import is in a state, showing how far it is. */
async function follow(context: Context, api: Api, first: Import, state: string): Promise<Import> {
  const progress = await openProgress(context.io, !context.json);
  let current = first;
  while (current.state === state) {
    const { waiting, ready } = current.counts;
    const left = state === "checking" ? waiting : ready;
    progress.show(current.lines - left, current.lines, state);
    await pause(200);
    current = await api.call("getImport", { params: { id: first.id }, schema: importSchema });
  }
  progress.end();
  return current;
}

async function brokenLines(api: Api, id: string) {
  const found: z.output<typeof linesSchema>["items"] = [];
  for (let after: number | null = 0; after !== null;) {
    const page: z.output<typeof linesSchema> = await api.call("listImportLines", {
      params: { id },
      query: { state: "broken", limit: 500, after },
      schema: linesSchema,
    });
    found.push(...page.items);
    after = page.next;
  }
  return found;
}

function report({ counts }: Import, broken: z.output<typeof linesSchema>["items"], dryRun: boolean): string {
  const head = dryRun
    ? `Lines: ${counts.ready} can be imported, ${counts.broken} broken, ${counts.repeated} imported before.`
    : `Drafts made: ${counts.made}. Lines: ${counts.broken} broken, ${counts.repeated} imported before.`;
  if (broken.length === 0) return head;
  const rows = broken.flatMap(({ line, problems }) =>
    problems.map(({ column, message }) => [String(line), column, message]),
  );
  return `${head}\n\n${table(["line", "column", "what is wrong"], rows)}`;
}

async function exportFile(context: Context, command: Command): Promise<void> {
  const [name = ""] = command.args;
  const text = await (await context.api()).text("exportPosts");
  const path = resolve(context.io.folder, name);
  await writeFile(path, text, { flag: "wx" }).catch((error: unknown) => {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliFailure("failure", exists ? `${name} is there already; name another file.` : reason);
  });
  context.print({ file: path }, () => `Wrote ${name}.`);
}
