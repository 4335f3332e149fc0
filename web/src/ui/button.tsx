import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "../lib/cn.ts";
import { Spinner } from "./spinner.tsx";

const look = cva(
  "inline-flex shrink-0 max-sm:min-h-10 max-sm:min-w-10 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:cursor-not-allowed aria-disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-ink text-inverse shadow-low hover:bg-ink/88",
        secondary: "border border-line-strong bg-surface text-ink shadow-low hover:bg-fill",
        ghost: "text-dim hover:bg-fill hover:text-ink",
        danger: "border border-line-strong bg-surface text-bad-ink shadow-low hover:bg-bad-soft",
        link: "h-auto! px-0! text-accent-ink underline-offset-4 hover:underline",
      },
      size: {
        sm: "h-7 px-2.5 text-xs",
        md: "h-8 px-3 text-sm",
        lg: "h-10 px-4 text-base",
        icon: "size-8 text-sm",
        iconSm: "size-7 text-xs",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof look> & {
    asChild?: boolean;
    /** Shows a spinner and takes no clicks, but keeps its place and its focus. */
    busy?: boolean;
  };

export function Button({ variant, size, asChild, busy, className, children, ...rest }: ButtonProps) {
  const classes = cn(look({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  const blocked = busy ? { "aria-disabled": true, "aria-busy": true, onClick: stop } : {};
  return (
    <button type="button" className={classes} {...rest} {...blocked}>
      {busy ? <Spinner /> : null}
      {children}
    </button>
  );
}

function stop(event: { preventDefault(): void }): void {
  event.preventDefault();
}
