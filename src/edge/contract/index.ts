import type { z } from "zod";
import type { Route } from "#platform/wire";
import type { everyContract } from "./every.ts";
import { operations } from "./operations.gen.ts";

// How clients call the API: the dashboard, the command line, tests and benches. It holds methods, paths and
// states alone, so that none of them loads a schema; what is sent and answered is known by type (docs/decisions/0131).

export { settledStates, stoppedStates, uncertainStates } from "../../delivery/model/state.ts";

type Routes = typeof everyContract;

/** The `operationId` of a route of the API. */
export type Operation = keyof Routes;

type Part = "params" | "query" | "body";
type InputOf<Of, Key extends Part> = Of extends { readonly [Name in Key]: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : undefined;
/** A part that may be left out wholly is optional, and one that the route does not take cannot be given. */
type PartOf<Of, Key extends Part> =
  InputOf<Of, Key> extends infer Input
    ? undefined extends Input
      ? { readonly [Name in Key]?: Input }
      : object extends Input
        ? { readonly [Name in Key]?: Input | undefined }
        : { readonly [Name in Key]: Input }
    : never;

/** What a call of a route takes, from its schemas. */
export type CallOf<Of> = PartOf<Of, "params"> & PartOf<Of, "query"> & PartOf<Of, "body">;
/** What a route answers when it does what it was asked to; nothing is `null`. Never for a file. */
export type AnswerOf<Of> = Of extends { readonly answers: infer Answers }
  ? {
      [Status in keyof Answers]: Answers[Status] extends z.ZodType ? z.output<Answers[Status]> : never;
    }[keyof Answers]
  : never;

export type Call<Id extends Operation> = CallOf<Routes[Id]>;
export type Answer<Id extends Operation> = AnswerOf<Routes[Id]>;

/** The parameter list after an operation: left out where nothing has to be given. */
export type Given<Wanted> = object extends Wanted ? [given?: Wanted] : [given: Wanted];

/** Operations that answer with a file. */
export type FileOperation = { [Id in Operation]: Answer<Id> extends never ? Id : never }[Operation];

/** What every path of the API begins with. */
export const apiRoot = "/api/v1";

type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type Address = { method: Route["method"]; path: string };
/** What an address is made of; `params` and `query` of a call fit. */
export type AddressParts = { params?: Fields | undefined; query?: Fields | undefined };

/**
 * Where an operation is called: its method, and its path from the root of the server.
 *
 * @throws TypeError where a parameter of the path is missing
 */
export function addressOf(operation: Operation, parts: AddressParts = {}): Address {
  const [method, path] = operations[operation];
  return { method, path: `${apiRoot}${fill(path, parts)}` };
}

/** Puts parameters into a path (`/posts/:id`) and a query behind it; fields without a value are left out. */
export function fill(path: string, { params = {}, query = {} }: AddressParts): string {
  const filled = path.replaceAll(/:(\w+)/g, (_place, name: string) => {
    const value = params[name];
    if (value === undefined || value === null) throw new TypeError(`${path} needs the parameter "${name}"`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? filled : `${filled}?${text}`;
}
