import type { OptionField } from "../api/types.ts";
import { Field, Input, Select } from "../ui/field.tsx";
import { composerText } from "./messages.ts";

type OptionControlProps = {
  option: OptionField;
  value: string;
  problem: string | null;
  disabled: boolean;
  onChange: (value: string) => void;
};

/** A field that only this platform has, as the subject of a mail. */
export function OptionControl({ option, value, problem, disabled, onChange }: OptionControlProps) {
  return (
    <Field
      label={option.label}
      // An empty field is not wrong, it is not written yet.
      help={[value === "" ? problem : null, option.help].filter(Boolean).join(" ") || undefined}
      live
      error={value === "" ? null : problem}
      {...(option.required ? {} : { optional: composerText.optional })}
    >
      {(field) =>
        option.kind === "choice" ? (
          <Select
            {...field}
            data-at={`/options/${option.key}`}
            value={value}
            disabled={disabled}
            onChange={(event) => onChange(event.target.value)}
          >
            {option.required ? null : <option value="">{composerText.noChoice}</option>}
            {option.choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </Select>
        ) : (
          <Input
            {...field}
            data-at={`/options/${option.key}`}
            value={value}
            disabled={disabled}
            required={option.required}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}
