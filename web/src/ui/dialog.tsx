import { Cross2Icon } from "@radix-ui/react-icons";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { cn } from "../lib/cn.ts";
import { HeldShortcuts } from "../lib/keyboard.ts";
import { t, texts } from "../lib/texts.ts";
import { Button } from "./button.tsx";

const dialogText = texts(() => ({ close: t`Close` }));

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
  className?: string;
};

/** What a window is opened for: its first field, else what it asks to have the focus, never the way out. */
function firstField(content: HTMLElement): HTMLElement {
  const field = content.querySelector<HTMLElement>(
    ":is(input:not([type=hidden], [type=file]), textarea, select, [contenteditable=true]):not(:disabled, [hidden])",
  );
  return field ?? content.querySelector<HTMLElement>("[data-first-focus]") ?? content;
}

/**
 * A modal window: focus moves to its first field, stays in, and returns to where it was. On a phone it is a sheet.
 * What has no field takes the focus itself: on a button, the first space of what is typed would press it.
 */
export function Dialog({ open, onOpenChange, title, description, children, className }: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  function focusFirst(event: Event): void {
    event.preventDefault();
    const window = content.current;
    // A form that chose its field by itself has it already.
    if (!window || (window !== document.activeElement && window.contains(document.activeElement))) return;
    firstField(window).focus();
  }
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-fade bg-black/30 backdrop-blur-[1px] dark:bg-black/60" />
        <Primitive.Content
          ref={content}
          onOpenAutoFocus={focusFirst}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "fixed z-50 flex max-h-[calc(92dvh-var(--toast-sheet))] w-full animate-enter flex-col overflow-hidden border border-line bg-raised shadow-high outline-none",
            "inset-x-0 bottom-(--toast-sheet) rounded-t-xl sm:top-[10vh] sm:bottom-auto sm:mx-auto sm:max-h-[80vh] sm:max-w-lg sm:rounded-xl",
            className,
          )}
        >
          <HeldShortcuts />
          <header className="flex items-start gap-4 px-5 pt-4.5 pb-3">
            <div className="min-w-0 flex-1">
              <Primitive.Title dir="auto" className="text-lg font-semibold">
                {title}
              </Primitive.Title>
              {description ? (
                <Primitive.Description className="mt-0.5 text-sm text-dim">
                  {description}
                </Primitive.Description>
              ) : null}
            </div>
            <Primitive.Close asChild>
              <Button variant="ghost" size="iconSm" aria-label={dialogText.close} className="-me-1.5">
                <Cross2Icon />
              </Button>
            </Primitive.Close>
          </header>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** `reading`: it holds nothing that takes the focus, so it takes it itself and scrolls by keys. */
export function DialogBody({
  children,
  className,
  reading = false,
}: {
  children: ReactNode;
  className?: string;
  reading?: boolean;
}) {
  return (
    <div
      {...(reading ? { tabIndex: 0, "data-first-focus": "" } : {})}
      className={cn("min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5 -outline-offset-2", className)}
    >
      {children}
    </div>
  );
}

export function DialogFooter({ children }: { children: ReactNode }) {
  return (
    <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-fill/50 px-5 py-3">
      {children}
    </footer>
  );
}
