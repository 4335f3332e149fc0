import { AlertDialog as Primitive } from "radix-ui";
import { HeldShortcuts } from "../lib/keyboard.ts";
import { Button } from "./button.tsx";

type ConfirmProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  action: string;
  cancel: string;
  /** `primary` for a step forward; the default warns. */
  tone?: "danger" | "primary";
  onConfirm: () => void;
};

/** Asks before something that can't be undone. Focus starts on the harmless answer. */
export function Confirm({
  open,
  onOpenChange,
  title,
  description,
  action,
  cancel,
  tone = "danger",
  onConfirm,
}: ConfirmProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-fade bg-black/30 dark:bg-black/60" />
        <Primitive.Content className="fixed inset-x-0 top-[18vh] z-50 mx-auto w-[calc(100%-2rem)] max-w-md animate-enter rounded-xl border border-line bg-raised p-5 shadow-high">
          <HeldShortcuts />
          <Primitive.Title dir="auto" className="text-lg font-semibold">
            {title}
          </Primitive.Title>
          <Primitive.Description className="mt-1.5 text-dim">{description}</Primitive.Description>
          <div className="mt-5 flex justify-end gap-2">
            <Primitive.Cancel asChild>
              <Button>{cancel}</Button>
            </Primitive.Cancel>
            <Primitive.Action asChild>
              <Button variant={tone} onClick={onConfirm}>
                {action}
              </Button>
            </Primitive.Action>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
