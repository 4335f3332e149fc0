import type { ComponentProps } from "react";
import { Select } from "../ui/field.tsx";

export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Every IANA zone that the browser knows, and the chosen one even where it doesn't. */
export function TimeZoneSelect({ value, ...rest }: ComponentProps<"select"> & { value: string }) {
  const known = Intl.supportedValuesOf("timeZone");
  const zones = known.includes(value) ? known : [value, ...known];
  return (
    <Select value={value} {...rest}>
      {zones.map((zone) => (
        <option key={zone} value={zone}>
          {zone.replaceAll("_", " ")}
        </option>
      ))}
    </Select>
  );
}
