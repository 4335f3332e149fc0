import {
  type Address,
  addressOf,
  type AddressParts,
  type Answer,
  type AnswerOf,
  apiRoot,
  type Call,
  type CallOf,
  fill,
  type Given,
  type Operation,
} from "#contract";
import { notesContract } from "./features/notes.ts";

// How tests call the API: by operation, with the types of its contract. What they send may be wrong on purpose, so that
// alone is not checked.

type Notes = typeof notesContract;

/** An operation of the API, or of the notes that tests of the edge bring along. */
export type TestOperation = Operation | keyof Notes;

type CallTo<Id extends TestOperation> = Id extends Operation
  ? Call<Id>
  : Id extends keyof Notes
    ? CallOf<Notes[Id]>
    : never;
/** The names are those of the path, and each is there; what it names need not be. */
type Loose<Params> = Params extends object
  ? { [Name in keyof Params]: string | number | null | undefined }
  : Params;
type ParamsOf<Wanted> = Wanted extends { params: infer Params }
  ? { params: Loose<Params> }
  : { params?: undefined };

/** What a test sends, after the operation. */
export type Sent<Id extends TestOperation> = Given<
  ParamsOf<CallTo<Id>> & { query?: AddressParts["query"]; body?: unknown; headers?: Record<string, string> }
>;

/** A problem document (RFC 9457), as every refusal is one. */
type Problem = {
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  retryable: boolean;
  errors: { path: string; code: string; message: string }[];
};

type Said<Id extends TestOperation> = Id extends Operation
  ? Answer<Id>
  : Id extends keyof Notes
    ? AnswerOf<Notes[Id]>
    : never;
/** Which of both it was is for the test to look at. */
type Either<Good> = Good extends object ? Good & Omit<Problem, keyof Good> : Problem;

/** What an operation answers, and beside it what a refusal of it says. A file is text. */
export type BodyOf<Id extends TestOperation> = [Said<Id>] extends [never] ? string : Either<Said<Id>>;

/** Method and address of an operation, for `app.inject` and `fetch`. */
export function requestOf(
  operation: TestOperation,
  parts: AddressParts = {},
): { method: Address["method"]; url: string } {
  if (isNote(operation)) {
    const { method, path } = notesContract[operation];
    return { method, url: rawPath(fill(path, parts)) };
  }
  const { method, path } = addressOf(operation, parts);
  return { method, url: path };
}

/** A path below the API's root that no operation has, or one that Galley itself has told. */
export function rawPath(path: string): string {
  return `${apiRoot}${path}`;
}

function isNote(operation: TestOperation): operation is keyof Notes {
  return Object.hasOwn(notesContract, operation);
}
