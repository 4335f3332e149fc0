import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { cn } from "../lib/cn.ts";

export const control =
  "w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink shadow-low transition-colors hover:border-faint/60 focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent/35 disabled:opacity-60 aria-invalid:border-bad";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return (
    <input
      placeholder={nothing}
      {...directionOfType(rest.type)}
      className={cn(control, "h-9", className)}
      {...rest}
    />
  );
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      dir="auto"
      placeholder={nothing}
      className={cn(control, "min-h-24 resize-y py-2 leading-relaxed", className)}
      {...rest}
    />
  );
}

/** Empty, a field begins where the page does (styles.css), and only one with a placeholder tells that it is. */
const nothing = " ";

/** Words run as their first letter does; addresses and secrets from the left in every language. */
function directionOfType(type: string = "text"): { dir?: "auto" | "ltr" } {
  if (type === "text" || type === "search") return { dir: "auto" };
  return type === "email" || type === "url" || type === "password" ? { dir: "ltr" } : {};
}

/** The platform's own select: it works with every keyboard, screen reader and phone. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return (
    <select
      className={cn(
        control,
        "h-9 appearance-none bg-[url('/chevron.svg')] bg-[length:14px] bg-[position:right_10px_center] bg-no-repeat pe-8 rtl:bg-[position:left_10px_center]",
        className,
      )}
      {...rest}
    />
  );
}

type FieldProps = {
  label: ReactNode;
  help?: ReactNode;
  error?: string | null | undefined;
  optional?: string;
  /** The error follows what is typed by itself; one of a sent form goes as soon as somebody mends its field. */
  live?: boolean;
  className?: string;
  children: (props: { id: string; "aria-invalid"?: true; "aria-describedby"?: string }) => ReactNode;
};

/** Label, control, help and error, wired together. The control takes the props that it is given. */
export function Field({
  label,
  help,
  error: given,
  optional,
  live = false,
  className,
  children,
}: FieldProps) {
  const id = useId();
  const [mended, setMended] = useState(false);
  // The form was sent again: whatever it says now is new.
  if (!given && mended) setMended(false);
  const error = mended && !live ? null : given;
  const described = [help ? `${id}-help` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={cn("grid gap-1.5", className)} onInput={() => setMended(Boolean(given))}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label} {optional ? <span className="ms-0.5 font-normal text-faint">{optional}</span> : null}
      </label>
      {children({
        id,
        ...(error ? { "aria-invalid": true } : {}),
        ...(described ? { "aria-describedby": described } : {}),
      })}
      {help ? (
        <p id={`${id}-help`} className="text-xs text-faint">
          {help}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-xs font-medium text-bad-ink">
          {error}
        </p>
      ) : null}
    </div>
  );
}
