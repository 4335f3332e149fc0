import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { messageOf } from "../api/problem.ts";
import type { Import, ImportLine } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Card, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { LinesTable } from "./lines-table.tsx";
import { importText } from "./messages.ts";
import { useStartImport } from "./mutations.ts";
import { importLinesQuery, importQuery } from "./queries.ts";

type Filter = "all" | "ready" | "broken" | "repeated" | "made";

/** How far an import is, and what becomes of each line. */
export function ImportReport({ id, allowed }: { id: string; allowed: boolean }) {
  const found = useQuery(importQuery(id));
  const [filter, setFilter] = useState<Filter>("all");
  const state: ImportLine["state"] | undefined = filter === "all" ? undefined : filter;
  const lines = useQuery(importLinesQuery(id, state, found.data?.state ?? ""));
  if (found.isError) return <Notice tone="bad">{messageOf(found.error)}</Notice>;
  if (!found.data) return <SkeletonRows label={importText.loading} />;
  const { counts, fileName, notice } = found.data;
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="min-w-0 truncate text-base font-semibold">{fileName}</h2>
        <Button asChild variant="ghost" size="sm">
          <Link to="/import">{importText.another}</Link>
        </Button>
      </div>
      {notice ? <Notice tone="warn">{notice}</Notice> : null}
      <Step found={found.data} allowed={allowed} />
      <Card className="overflow-hidden">
        <div className="overflow-x-auto border-b border-line px-4 py-3">
          <Segmented<Filter>
            label={importText.show}
            value={filter}
            options={[
              { value: "all", label: `${importText.all} ${found.data.lines}` },
              ...(["ready", "made", "broken", "repeated"] as const)
                .filter((one) => counts[one] > 0)
                .map((one) => ({ value: one, label: `${importText.states[one]} ${counts[one]}` })),
            ]}
            onChange={setFilter}
          />
        </div>
        {lines.isError ? <Notice tone="bad">{messageOf(lines.error)}</Notice> : null}
        {lines.data ? <LinesTable lines={lines.data.items} /> : <SkeletonRows label={importText.loading} />}
        {lines.data?.next ? (
          <p className="border-t border-line px-5 py-3 text-xs text-faint">
            {importText.more(lines.data.items.length)}
          </p>
        ) : null}
      </Card>
    </div>
  );
}

function Step({ found, allowed }: { found: Import; allowed: boolean }) {
  const { id, state, counts, lines } = found;
  const start = useStartImport(id);
  if (state === "checking") {
    return (
      <Progress
        label={importText.checking(lines - counts.waiting, lines)}
        value={lines - counts.waiting}
        max={lines}
      />
    );
  }
  if (state === "importing") {
    const all = counts.made + counts.ready;
    return <Progress label={importText.importing(counts.made, all)} value={counts.made} max={all} />;
  }
  if (state === "done") {
    return (
      <Notice tone={counts.broken > 0 ? "warn" : "good"}>
        {importText.done(counts.made, counts.broken)}
      </Notice>
    );
  }
  if (state === "failed") return <Notice tone="bad">{importText.failed}</Notice>;
  if (counts.ready === 0) return <Notice tone="warn">{importText.nothing}</Notice>;
  return (
    <Notice
      title={importText.checked(counts.ready)}
      action={
        allowed ? (
          <Button variant="primary" busy={start.isPending} onClick={() => start.mutate()}>
            {importText.start(counts.ready)}
          </Button>
        ) : null
      }
    />
  );
}

function Progress({ label, value, max }: { label: string; value: number; max: number }) {
  return (
    <div role="status" className="grid gap-1.5 text-sm text-dim">
      {label}
      <progress
        aria-label={label}
        value={value}
        max={Math.max(max, 1)}
        className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-fill-strong [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-fill-strong [&::-webkit-progress-value]:bg-accent"
      />
    </div>
  );
}
