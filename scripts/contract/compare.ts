import { type Finding, isObject, type JsonSchema, schemaChanges, type Side } from "./schemas.ts";

type Operation = JsonSchema;
/** An OpenAPI document, as far as it is compared. */
export type Document = { paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/**
 * What a program that was written for the released document would stumble over in the current one. The rules are those
 * of oasdiff (https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md), made stricter where Galley's
 * own clients rely on more: an operation keeps its id, and no field of a request is silently no longer heard.
 */
export function breakingChanges(released: Document, current: Document): Finding[] {
  return Object.entries(released.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const where = `${method.toUpperCase()} ${path}`;
      const now = current.paths[path]?.[method];
      if (now === undefined) return [{ where, what: "is gone" }];
      return operationChanges(operation, now, where);
    }),
  );
}

function operationChanges(released: Operation, current: Operation, where: string): Finding[] {
  return [
    ...identityChanges(released, current, where),
    ...parameterChanges(parametersOf(released), parametersOf(current), where),
    ...bodyChanges(released["requestBody"], current["requestBody"], where),
    ...answerChanges(released["responses"], current["responses"], where),
  ];
}

/** From whoever calls to whoever has a right; a right is never compared with another one. */
const openness = ["public", "session"];

function rank(access: string): number {
  return openness.includes(access) ? openness.indexOf(access) : openness.length;
}

function identityChanges(released: Operation, current: Operation, where: string): Finding[] {
  const [id, idNow] = [released["operationId"], current["operationId"]];
  const [access, accessNow] = [String(released["x-access"]), String(current["x-access"])];
  const isOpen = access === accessNow || rank(accessNow) < rank(access);
  return [
    ...(id === idNow ? [] : [{ where, what: `has another operationId: ${String(id)}, ${String(idNow)}` }]),
    ...(isOpen ? [] : [{ where, what: `asks for ${accessNow} instead of ${access}` }]),
  ];
}

type Parameter = { name: string; in: string; required?: boolean; schema: JsonSchema };

function parametersOf(operation: Operation): Parameter[] {
  return Array.isArray(operation["parameters"]) ? (operation["parameters"] as Parameter[]) : [];
}

function parameterChanges(released: Parameter[], current: Parameter[], where: string): Finding[] {
  const asObject = (list: Parameter[]) => ({
    type: "object",
    properties: Object.fromEntries(list.map((one) => [`${one.in} ${one.name}`, one.schema])),
    required: list.filter((one) => one.required).map((one) => `${one.in} ${one.name}`),
  });
  return schemaChanges({ released: asObject(released), current: asObject(current) }, "request", where);
}

function bodyChanges(released: unknown, current: unknown, where: string): Finding[] {
  const [before, now] = [asObject(released), asObject(current)];
  const isNeeded = now["required"] === true && before["required"] !== true;
  return [
    ...(isNeeded ? [{ where: `${where} body`, what: "has to be sent now" }] : []),
    ...contentChanges(before["content"], now["content"], "request", `${where} body`),
  ];
}

function answerChanges(released: unknown, current: unknown, where: string): Finding[] {
  const now = asObject(current);
  return Object.entries(asObject(released)).flatMap(([status, answer]) => {
    const place = `${where} ${status}`;
    const same = now[status];
    if (!isObject(same)) return [{ where: place, what: "is gone" }];
    return contentChanges(asObject(answer)["content"], same["content"], "answer", place);
  });
}

function contentChanges(released: unknown, current: unknown, side: Side, where: string): Finding[] {
  const now = asObject(current);
  return Object.entries(asObject(released)).flatMap(([type, content]) => {
    const same = now[type];
    if (!isObject(same)) return [{ where, what: `is no longer ${type}` }];
    const [before, after] = [asObject(asObject(content)["schema"]), asObject(same["schema"])];
    return schemaChanges({ released: before, current: after }, side, where);
  });
}

function asObject(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}
