import { type ComponentProps, type MouseEvent, useState } from "react";
import { Button } from "./button.tsx";
import { Confirm } from "./confirm.tsx";

type Asked = { title: string; description: string; action: string; cancel: string };

type DecidingProps<Seen> = Omit<ComponentProps<typeof Button>, "onClick" | "asChild"> & {
  /** What the keyboard is asked, with the name of what is decided on. */
  question: Asked;
  /** Also a pointer is asked, with a warning: what this does cannot be taken back where it was wrong. */
  warns?: boolean;
  /** What is on the screen now; the answer is about what was there when it was asked. */
  seen: Seen;
  onDecide: (seen: Seen) => void;
};

/**
 * A button that makes something go out. A click decides on what lies under it; a key, which may have been meant
 * for a text, only asks (decision 109).
 */
export function DecidingButton<Seen>({
  question,
  warns = false,
  seen,
  onDecide,
  ...rest
}: DecidingProps<Seen>) {
  const [asked, setAsked] = useState<{ seen: Seen } | null>(null);
  function press(event: MouseEvent): void {
    // A click without a pointer is one of the keyboard.
    if (warns || event.detail === 0) setAsked({ seen });
    else onDecide(seen);
  }
  return (
    <>
      <Button onClick={press} {...rest} />
      <Confirm
        open={asked !== null}
        onOpenChange={() => setAsked(null)}
        tone={warns ? "danger" : "primary"}
        {...question}
        onConfirm={() => (asked ? onDecide(asked.seen) : undefined)}
      />
    </>
  );
}
