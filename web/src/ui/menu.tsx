import { CheckIcon } from "@radix-ui/react-icons";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import { HeldShortcuts } from "../lib/keyboard.ts";

type MenuProps = {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  side?: "top" | "bottom" | "right";
};

export function Menu({ trigger, children, align = "end", side = "bottom" }: MenuProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          side={side}
          sideOffset={6}
          className="z-50 min-w-48 animate-enter rounded-lg border border-line bg-raised p-1 text-sm shadow-high"
        >
          <HeldShortcuts />
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

const row =
  "flex h-8 cursor-pointer max-sm:h-10 select-none items-center gap-2.5 rounded-md px-2 text-ink outline-none data-[highlighted]:bg-fill data-[disabled]:cursor-default data-[disabled]:opacity-50 [&_svg]:text-faint";

export function MenuItem({
  className,
  danger,
  ...rest
}: ComponentProps<typeof Primitive.Item> & { danger?: boolean }) {
  return (
    <Primitive.Item
      className={cn(
        row,
        danger && "text-bad-ink data-[highlighted]:bg-bad-soft [&_svg]:text-bad-ink",
        className,
      )}
      {...rest}
    />
  );
}

type ChoiceProps = { value: string; onChange: (value: string) => void; children: ReactNode };

export function MenuChoice({ value, onChange, children }: ChoiceProps) {
  return (
    <Primitive.RadioGroup value={value} onValueChange={onChange}>
      {children}
    </Primitive.RadioGroup>
  );
}

export function MenuChoiceItem({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Primitive.RadioItem value={value} className={row}>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <Primitive.ItemIndicator>
        <CheckIcon />
      </Primitive.ItemIndicator>
    </Primitive.RadioItem>
  );
}

type SwitchProps = { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode };

export function MenuSwitch({ checked, onChange, children }: SwitchProps) {
  return (
    <Primitive.CheckboxItem checked={checked} onCheckedChange={onChange} className={row}>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <Primitive.ItemIndicator>
        <CheckIcon />
      </Primitive.ItemIndicator>
    </Primitive.CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Primitive.Label className="px-2 pt-1.5 pb-1 text-xs text-faint">{children}</Primitive.Label>;
}

export function MenuSeparator() {
  return <Primitive.Separator className="-mx-1 my-1 h-px bg-line" />;
}
