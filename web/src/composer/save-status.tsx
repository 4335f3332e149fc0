import { CheckIcon, ExclamationTriangleIcon } from "@radix-ui/react-icons";
import { messageOf } from "../api/problem.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Spinner } from "../ui/spinner.tsx";
import { composerText } from "./messages.ts";
import type { SaveState } from "./use-saving.ts";

/** A quiet word on whether the server has what is on the screen. */
export function SaveStatus({ state }: { state: SaveState }) {
  return (
    <p role="status" className="flex items-center gap-1.5 text-xs text-faint">
      {state.kind === "saved" ? <CheckIcon aria-hidden="true" /> : null}
      {state.kind === "saving" ? <Spinner className="size-3" /> : null}
      {state.kind === "failed" || state.kind === "conflict" ? (
        <ExclamationTriangleIcon aria-hidden="true" />
      ) : null}
      {state.kind === "saved" ? composerText.saved : null}
      {state.kind === "saving" ? composerText.saving : null}
      {state.kind === "unsaved" || state.kind === "conflict" ? composerText.unsaved : null}
      {state.kind === "failed" ? composerText.saveFailed : null}
    </p>
  );
}

type ProblemProps = {
  state: SaveState;
  onRetry: () => void;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
};

/** What keeps a change from being saved, with the way out. */
export function SaveProblem({ state, onRetry, onTakeTheirs, onKeepMine }: ProblemProps) {
  if (state.kind === "conflict") {
    return (
      <Notice
        tone="warn"
        title={composerText.conflictTitle}
        action={
          <span className="flex gap-2">
            <Button size="sm" onClick={onTakeTheirs}>
              {composerText.takeTheirs}
            </Button>
            <Button size="sm" variant="primary" onClick={onKeepMine}>
              {composerText.keepMine}
            </Button>
          </span>
        }
      >
        {state.error ? messageOf(state.error) : composerText.conflict}
      </Notice>
    );
  }
  if (state.kind === "failed") {
    return (
      <Notice
        tone="bad"
        title={messageOf(state.error)}
        action={
          <Button size="sm" onClick={onRetry}>
            {composerText.saveAgain}
          </Button>
        }
      >
        {composerText.keptHere}
      </Notice>
    );
  }
  return null;
}
