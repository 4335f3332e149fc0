import { Popover as Primitive } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { HeldShortcuts } from "../lib/keyboard.ts";

type PopoverProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What opens it and what it stands below. */
  trigger: ReactElement;
  id: string;
  label: string;
  children: ReactNode;
};

/** A small window below what opened it, as wide as that; keys belong to it while it is open. */
export function Popover({ open, onOpenChange, trigger, id, label, children }: PopoverProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          id={id}
          align="start"
          sideOffset={4}
          aria-label={label}
          className="z-50 w-(--radix-popover-trigger-width) min-w-64 animate-enter overflow-hidden rounded-lg border border-line bg-raised shadow-high"
        >
          <HeldShortcuts />
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
