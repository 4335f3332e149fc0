import { z } from "zod";
import type { ConnectorRegistry } from "#connectors";
import { isId } from "#kit";
import type { Database } from "#platform/db";
import { compileOnly } from "#platform/db";
import { runCost } from "#usage";
import { AgentError } from "./error.ts";
import type { RunInput, RunState, RunStep, RunView } from "./run.ts";
import { plannedSteps, runInputSchema } from "./run.ts";
import type { SourceReference } from "./sources/material.ts";

type Reading = { database: Database; connectors: ConnectorRegistry };

export type RunSummary = Omit<RunView, "steps" | "cost">;

const sourcesSchema: z.ZodType<SourceReference[]> = z.array(
  z.object({
    kind: z.enum(["markdown", "url", "feed", "brief"]),
    url: z.string().nullable(),
    title: z.string(),
    excerpt: z.string(),
    sha256: z.string(),
  }),
);

const columns = [
  "id",
  "state",
  "input",
  "post_id",
  "sources",
  "drafter",
  "error_code",
  "error_message",
  "created_at",
  "finished_at",
] as const;

/** A run with its steps, those to come included. Throws `agent.run_not_found`. */
export async function readRun(reading: Reading, workspaceId: string, runId: string): Promise<RunView> {
  if (!isId(runId)) throw runNotFound();
  const query = compileOnly
    .selectFrom("runs")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", runId)
    .compile();
  const [row] = await reading.database.read(workspaceId, query);
  if (!row) throw runNotFound();
  const steps = await stepsOf(reading, workspaceId, runId, runInputSchema.parse(row.input));
  return { ...summaryOf(row), steps, cost: await runCost(reading.database, workspaceId, runId) };
}

/** Runs, newest first. `cursor` is the id of the last one seen. */
export async function listRuns(
  { database }: Reading,
  workspaceId: string,
  page: { cursor: string | undefined; limit: number },
): Promise<{ items: RunSummary[]; next: string | null }> {
  if (page.cursor !== undefined && !isId(page.cursor)) {
    throw new AgentError({
      code: "agent.bad_cursor",
      kind: "invalid",
      message: "This cursor is none of ours; start again without it.",
    });
  }
  let query = compileOnly
    .selectFrom("runs")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .orderBy("id", "desc")
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where("id", "<", page.cursor);
  const rows = await database.read(workspaceId, query.compile());
  const items = rows.slice(0, page.limit).map(summaryOf);
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

async function stepsOf(
  { database, connectors }: Reading,
  workspaceId: string,
  runId: string,
  input: RunInput,
): Promise<RunStep[]> {
  const query = compileOnly
    .selectFrom("run_steps")
    .select(["number", "state", "notice", "started_at", "finished_at"])
    .where("workspace_id", "=", workspaceId)
    .where("run_id", "=", runId)
    .compile();
  const rows = new Map((await database.read(workspaceId, query)).map((row) => [row.number, row]));
  return plannedSteps(input, (id) => connectors.get(id)?.name ?? id).all.map(({ number, name, label }) => {
    const row = rows.get(number);
    return {
      number,
      name,
      label,
      state: row?.state ?? "pending",
      notice: row?.notice ?? null,
      startedAt: row?.started_at ?? null,
      finishedAt: row?.finished_at ?? null,
    };
  });
}

type RunRow = {
  id: string;
  state: RunState;
  input: unknown;
  post_id: string | null;
  sources: unknown;
  drafter: string | null;
  error_code: string | null;
  error_message: string | null;
  created_at: Date;
  finished_at: Date | null;
};

function summaryOf(row: RunRow): RunSummary {
  const { source } = runInputSchema.parse(row.input);
  return {
    id: row.id,
    state: row.state,
    source: {
      kind: source.kind,
      url: "url" in source ? source.url : null,
      name: "name" in source ? (source.name ?? null) : null,
    },
    postId: row.post_id,
    sources: sourcesSchema.parse(row.sources),
    drafter: row.drafter,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? "" },
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

function runNotFound(): AgentError {
  return new AgentError({ code: "agent.run_not_found", kind: "not_found", message: "There is no such run." });
}
