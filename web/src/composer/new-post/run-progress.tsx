import { CheckIcon, Cross2Icon, FileTextIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import { useRefresh } from "../../api/changes.ts";
import { messageOf } from "../../api/problem.ts";
import type { Run } from "../../api/types.ts";
import { formatMoney } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { DialogBody, DialogFooter } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { newPostText } from "../messages.ts";
import { useCancelRun } from "./mutations.ts";
import { isOver, runQuery } from "./queries.ts";

type RunProgressProps = { runId: string; onClose: () => void; onAgain: () => void };

/** The agent at work, step by step, and then what it read and what it made. */
export function RunProgress({ runId, onClose, onAgain }: RunProgressProps) {
  const { data: run, error } = useQuery(runQuery(runId));
  const cancel = useCancelRun(runId);
  const over = run ? isOver(run) : false;
  const showPost = useEffectEvent(useRefresh("post"));
  useEffect(() => {
    if (over) void showPost();
  }, [over]);

  return (
    <>
      <DialogBody className="grid content-start gap-4">
        {error ? <Notice tone="bad">{messageOf(error)}</Notice> : null}
        <div aria-live="polite" className="flex items-center gap-2.5 font-medium">
          {over ? null : <Spinner />}
          {newPostText.states[run?.state ?? "queued"]}
        </div>
        {run ? <Steps run={run} /> : null}
        {run?.error ? <Notice tone="bad">{run.error.message}</Notice> : null}
        {run?.sources.length ? <Sources run={run} /> : null}
      </DialogBody>
      <DialogFooter>
        {run?.drafter ? (
          <p className="me-auto text-xs text-faint">
            {newPostText.by(run.drafter)}
            {run.cost ? ` · ${formatMoney(run.cost)}` : null}
          </p>
        ) : null}
        {over ? null : (
          <Button busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {newPostText.cancel}
          </Button>
        )}
        {over && !run?.postId ? <Button onClick={onAgain}>{newPostText.again}</Button> : null}
        {run?.postId && over ? (
          <Button asChild variant="primary">
            <Link autoFocus to="/posts/$postId/edit" params={{ postId: run.postId }} onClick={onClose}>
              {newPostText.open}
            </Link>
          </Button>
        ) : null}
      </DialogFooter>
    </>
  );
}

function Steps({ run }: { run: Run }) {
  return (
    <ol className="grid gap-2">
      {run.steps.map((step) => (
        <li key={step.number} className="flex items-center gap-2.5 text-sm text-dim">
          <span className="flex size-4 items-center justify-center">
            {step.state === "running" ? <Spinner className="size-3" /> : null}
            {step.state === "done" ? <CheckIcon aria-hidden="true" className="text-good" /> : null}
            {step.state === "failed" ? <Cross2Icon aria-hidden="true" className="text-bad" /> : null}
          </span>
          <span className={step.state === "pending" ? "text-faint" : ""}>
            {step.label}
            {step.notice ? <span className="block text-faint">{step.notice}</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Sources({ run }: { run: Run }) {
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium text-faint">{newPostText.sources}</h3>
      <ul className="grid gap-2">
        {run.sources.map((source) => (
          <li
            key={`${source.kind}${source.url}${source.title}`}
            className="flex gap-3 rounded-lg border border-line px-3 py-2.5"
          >
            <FileTextIcon aria-hidden="true" className="mt-1 shrink-0 text-faint" />
            <div className="min-w-0">
              <p dir="auto" className="truncate text-sm font-medium">
                {source.title ?? source.url ?? source.kind}
              </p>
              {source.excerpt ? (
                <p dir="auto" className="line-clamp-2 text-sm text-faint">
                  {source.excerpt}
                </p>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
