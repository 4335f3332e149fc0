import { type ComponentProps, useId } from "react";
import { Switch } from "./switch.tsx";

type SwitchFieldProps = Omit<ComponentProps<typeof Switch>, "id" | "aria-describedby"> & {
  label: string;
  help: string;
};

/** A setting that is on or off: its name, what it does, and the switch beside them. */
export function SwitchField({ label, help, ...rest }: SwitchFieldProps) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-6">
      <div className="text-sm">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <p id={`${id}-help`} className="text-xs text-faint">
          {help}
        </p>
      </div>
      <Switch id={id} aria-describedby={`${id}-help`} {...rest} />
    </div>
  );
}
