import { Tooltip as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { Kbd } from "./kbd.tsx";

type HintProps = { label: ReactNode; keys?: string; children: ReactNode; side?: "top" | "bottom" | "right" };

/** A hint on hover and focus. It repeats what the trigger is called; it never is the only name. */
export function Hint({ label, keys, children, side = "top" }: HintProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          side={side}
          sideOffset={6}
          className="z-50 flex max-w-72 animate-fade items-center gap-2 rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs text-ink shadow-high"
        >
          {label}
          {keys ? <Kbd>{keys}</Kbd> : null}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

export const HintProvider = Primitive.Provider;
