import type { Connector, OptionField } from "#connectors";
import type { JsonObject } from "#kit";
import { fitTitle } from "../text/fit.ts";

/**
 * The field that holds a text's title, as the subject of a mail or the headline of a page; undefined where a
 * post has none. A connector's description says it: the first text that it requires.
 */
export function titleField(connector: Connector): OptionField | undefined {
  return connector.options.find((field) => field.required && field.kind === "text");
}

/**
 * Every option that a connector requires, so that no draft waits for what its description asks for: texts
 * get the title, as much of it as fits, choices their first.
 */
export function requiredOptions(connector: Connector, title: string): JsonObject {
  const required = connector.options.filter((field) => field.required);
  return Object.fromEntries(
    required.map((field) => [
      field.key,
      field.kind === "choice" ? (field.choices[0] ?? "") : fitTitle(title, field.maxLength),
    ]),
  );
}
