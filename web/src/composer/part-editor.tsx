import { ArrowUpIcon, TrashIcon } from "@radix-ui/react-icons";
import { useLayoutEffect, useRef } from "react";
import type { PartCheck, CheckProblem } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { Button } from "../ui/button.tsx";
import { Counter } from "./counter.tsx";
import { composerText } from "./messages.ts";

type PartEditorProps = {
  label: string;
  text: string;
  number: number;
  count: number;
  check: PartCheck | undefined;
  problems: CheckProblem[];
  disabled: boolean;
  onChange: (text: string) => void;
  onRemove: () => void;
  onMoveUp: () => void;
};

/** Elsewhere the field is measured and set after each change, which costs a layout of the page each time. */
const growsByItself = CSS.supports("field-sizing", "content");

/** One text of a post or thread. The field grows with what is written. */
export function PartEditor(props: PartEditorProps) {
  const { label, text, number, count, check, problems, disabled } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const errorId = `part-${number}-problems`;
  // An empty field is not wrong, it is not written yet.
  const wrong = text !== "" && problems.some((problem) => problem.severity === "error");
  // After every render: the text may also change from outside, by a restored version.
  useLayoutEffect(() => {
    if (growsByItself || !field.current) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  });
  return (
    <div className="rounded-lg border border-line-strong bg-surface shadow-low transition-colors focus-within:border-accent has-[textarea[aria-invalid=true]]:border-bad">
      <textarea
        ref={field}
        dir="auto"
        data-at={`/parts/${number - 1}`}
        aria-label={count > 1 ? `${label}, ${composerText.part(number, count)}` : label}
        aria-invalid={wrong}
        aria-describedby={problems.length > 0 ? errorId : undefined}
        value={text}
        rows={count > 1 ? 3 : 7}
        disabled={disabled}
        placeholder={composerText.textPlaceholder}
        onChange={(event) => props.onChange(event.target.value)}
        className={cn(
          "block field-sizing-content w-full resize-none overflow-hidden bg-transparent px-3.5 pt-3 pb-1 leading-relaxed outline-none",
          count > 1 ? "min-h-[calc(3lh+1rem)]" : "min-h-[calc(7lh+1rem)]",
        )}
      />
      <div className="flex h-9 items-center gap-1 pe-1.5 ps-3.5">
        <span className="me-auto text-xs text-faint">
          {count > 1 ? composerText.part(number, count) : null}
        </span>
        <Counter check={check} />
        {count > 1 && number > 1 ? (
          <Button
            variant="ghost"
            size="iconSm"
            disabled={disabled}
            aria-label={composerText.moveUp(number)}
            onClick={props.onMoveUp}
          >
            <ArrowUpIcon />
          </Button>
        ) : null}
        {count > 1 ? (
          <Button
            variant="ghost"
            size="iconSm"
            disabled={disabled}
            aria-label={composerText.removePart(number)}
            onClick={props.onRemove}
          >
            <TrashIcon />
          </Button>
        ) : null}
      </div>
      {problems.length > 0 ? (
        <ul
          id={errorId}
          className={cn(
            "border-t border-line px-3.5 py-2 text-xs font-medium",
            wrong ? "text-bad-ink" : text === "" ? "text-faint" : "text-warn-ink",
          )}
        >
          {problems.map((problem) => (
            <li key={problem.code + problem.path}>{problem.message}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
