import type { Connector, FormField } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { Problem } from "#kit";
import { wellFormedProblem } from "#kit";
import type { ChannelError } from "../model/errors.ts";
import { channelError } from "../model/errors.ts";

const longestValue = 20_000;

/**
 * The values of a form by key: trimmed, except passwords, in which a space may count. Throws
 * `channels.wrong_form` with a problem for each field that needs another look.
 */
export function checkedForm(
  fields: readonly FormField[],
  form: Record<string, string>,
): Record<string, string> {
  const problems: Problem[] = [];
  const checked: Record<string, string> = {};
  for (const field of fields) {
    const given = Object.hasOwn(form, field.key) ? (form[field.key] ?? "") : "";
    const value = field.kind === "password" ? given : given.trim();
    const problem = fieldProblem(field, value);
    if (problem) problems.push(problem);
    checked[field.key] = value;
  }
  const known = new Set(fields.map((field) => field.key));
  for (const key of Object.keys(form).filter((name) => !known.has(name))) {
    problems.push({ path: pointer(key), code: "form.unknown", message: "This form has no such field." });
  }
  if (problems.length === 0) return checked;
  throw channelError("wrong_form", "invalid", "Some fields need another look.", { problems });
}

/** A connector names the field that it refuses in its code: `email.bad_recipients`. Null for other failures. */
export function fieldFailure(
  connector: Connector,
  fields: readonly FormField[],
  error: unknown,
): ChannelError | null {
  if (!(error instanceof ConnectorFailure)) return null;
  const field = fields.find(({ key }) => error.code === `${connector.id}.bad_${key}`);
  if (!field) return null;
  const problem = { path: pointer(field.key), code: error.code, message: error.message };
  return channelError("wrong_form", "invalid", error.message, { problems: [problem], cause: error });
}

function fieldProblem(field: FormField, value: string): Problem | null {
  const path = pointer(field.key);
  if (value === "") {
    return field.required ? { path, code: "form.required", message: `${field.label} is missing.` } : null;
  }
  if (value.length > longestValue) {
    return {
      path,
      code: "form.too_long",
      message: `${field.label} is longer than ${longestValue} characters.`,
    };
  }
  if (field.kind === "choice" && !field.choices.includes(value)) {
    return { path, code: "form.choice", message: `${field.label} is one of: ${field.choices.join(", ")}.` };
  }
  if (field.kind === "number" && !/^\d{1,9}$/.test(value)) {
    return { path, code: "form.number", message: `${field.label} is a whole number.` };
  }
  return wellFormedProblem(path, value);
}

/** RFC 6901: "~" and "/" inside a name are escaped. */
function pointer(key: string): string {
  return `/form/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
