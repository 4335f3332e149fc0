import type { Connector, FormConnect, FormField } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { Actor, Problem } from "#kit";
import { wellFormedProblem } from "#kit";
import type { Channel } from "./channel.ts";
import { contextFor } from "./context.ts";
import { channelError } from "./errors.ts";
import type { Parts } from "./parts.ts";
import { askPlatform, connectorOf, patienceMs } from "./parts.ts";
import { storeAccount } from "./store-account.ts";

const longestValue = 20_000;

/**
 * Connects an account by its form: an app password, a mail server. The platform is asked before anything
 * is stored. Throws `channels.wrong_form` with a problem for each field, or what the platform said.
 */
export async function connectForm(
  parts: Parts,
  actor: Actor,
  connectorId: string,
  form: Record<string, string>,
): Promise<Channel> {
  const connector = connectorOf(parts.connectors, connectorId);
  const { connect } = connector;
  if (connect.kind !== "form") throw notThisWay(connector);
  const checked = checkedForm(connect, form);
  const context = contextFor(
    parts.ways,
    connector,
    { credentials: {}, accountId: "" },
    AbortSignal.timeout(patienceMs),
  );
  const opened = await askPlatform(async () => {
    try {
      return await connect.open(context, checked);
    } catch (error) {
      throw fieldFailure(connector, connect, error) ?? error;
    }
  });
  return storeAccount(parts, connector, actor, opened);
}

/** A connector names the field that it refuses in its code: `email.bad_recipients`. */
function fieldFailure(connector: Connector, connect: FormConnect, error: unknown) {
  if (!(error instanceof ConnectorFailure)) return null;
  const field = connect.fields.find(({ key }) => error.code === `${connector.id}.bad_${key}`);
  if (!field) return null;
  const problem = { path: pointer(field.key), code: error.code, message: error.message };
  return channelError("wrong_form", "invalid", error.message, { problems: [problem], cause: error });
}

function notThisWay(connector: Connector) {
  return channelError(
    "not_a_form",
    "invalid",
    `${connector.name} is connected on its own page: use "authorize" instead of a form.`,
  );
}

/** The values by key: trimmed, except passwords, in which a space may count. */
function checkedForm(connect: FormConnect, form: Record<string, string>): Record<string, string> {
  const problems: Problem[] = [];
  const checked: Record<string, string> = {};
  for (const field of connect.fields) {
    const given = Object.hasOwn(form, field.key) ? (form[field.key] ?? "") : "";
    const value = field.kind === "password" ? given : given.trim();
    const problem = fieldProblem(field, value);
    if (problem) problems.push(problem);
    checked[field.key] = value;
  }
  const known = new Set(connect.fields.map((field) => field.key));
  for (const key of Object.keys(form).filter((name) => !known.has(name))) {
    problems.push({ path: pointer(key), code: "form.unknown", message: "This form has no such field." });
  }
  if (problems.length === 0) return checked;
  throw channelError("wrong_form", "invalid", "Some fields need another look.", { problems });
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
