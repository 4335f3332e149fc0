import { diffWordsWithSpace } from "diff";
import { Fragment, useMemo } from "react";
import { codePointName } from "../composer/suspicious-notice.tsx";
import { inboxText } from "./messages.ts";

type Marked = { index: number; codePoint: number };

/** Text with every invisible character made visible, by the positions that the server found (UTF-16 units). */
export function MarkedText({ text, marks }: { text: string; marks: Marked[] }) {
  const pieces: { start: number; text: string; mark: Marked | null }[] = [];
  let position = 0;
  for (const mark of marks.toSorted((left, right) => left.index - right.index)) {
    pieces.push({ start: position, text: text.slice(position, mark.index), mark });
    position = mark.index + String.fromCodePoint(mark.codePoint).length;
  }
  pieces.push({ start: position, text: text.slice(position), mark: null });
  return (
    <span dir="auto" className="as-written">
      {pieces.map((piece) => (
        <Fragment key={piece.start}>
          {piece.text}
          {piece.mark ? (
            <mark
              title={inboxText.hidden(codePointName(piece.mark.codePoint))}
              className="mx-0.5 rounded bg-bad-soft px-1 font-mono text-2xs font-semibold text-bad-ink"
            >
              {codePointName(piece.mark.codePoint)}
            </mark>
          ) : null}
        </Fragment>
      ))}
    </span>
  );
}

/** What changed, word by word. `ins` and `del` carry the meaning for those who see no colour. */
export function DiffText({ before, after }: { before: string; after: string }) {
  const changes = useMemo(() => diffWordsWithSpace(before, after), [before, after]);
  return (
    <span dir="auto" className="as-written">
      {changes.map((change, index) => {
        if (change.added) {
          return (
            <ins
              key={index}
              className="rounded-sm bg-good-soft text-good-ink decoration-good/60 underline-offset-3"
            >
              {change.value}
            </ins>
          );
        }
        if (change.removed) {
          return (
            <del key={index} className="rounded-sm bg-bad-soft text-bad-ink decoration-bad/60">
              {change.value}
            </del>
          );
        }
        return <Fragment key={index}>{change.value}</Fragment>;
      })}
    </span>
  );
}
