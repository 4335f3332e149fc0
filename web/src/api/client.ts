import { v4 } from "uuid";
import {
  addressOf,
  type AddressParts,
  type Answer,
  type Call,
  type FileOperation,
  type Given,
  type Operation,
} from "#contract";
import { readStored, writeStored } from "../lib/storage.ts";
import { reportConnection } from "./connection.ts";
import { answerText } from "./messages.ts";
import { ApiError, problemOf } from "./problem.ts";

type Sent = {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
};
/** What a call takes beside what its route does. */
type Around = { headers?: Record<string, string>; signal?: AbortSignal | undefined };
type JsonOperation = Exclude<Operation, FileOperation>;
type PagedOperation = {
  [Id in JsonOperation]: Answer<Id> extends { items: unknown[]; next: string | null } ? Id : never;
}[JsonOperation];

const workspaceKey = "galley.workspace";
let onSignedOut: () => void = () => {};

/** What happens when the session has ended; the router sets it once. */
export function handleSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** The workspace that requests are for; null: the person's first one. Remembered on this device. */
export function chosenWorkspace(): string | null {
  return readStored(workspaceKey);
}

export function chooseWorkspace(id: string | null): void {
  writeStored(workspaceKey, id);
}

/** As the contract has it; a field that nobody filled in is none. */
function placeOf(operation: Operation, { params, query = {} }: AddressParts) {
  const filled = Object.entries(query).filter(([, value]) => value !== "");
  return addressOf(operation, { params, query: Object.fromEntries(filled) });
}

async function send(
  operation: Operation,
  { params, query, ...options }: AddressParts & Sent,
): Promise<Response> {
  const { method, path } = placeOf(operation, { params, query });
  const headers = new Headers({ ...options.headers, accept: "application/json" });
  const workspace = chosenWorkspace();
  if (workspace) headers.set("galley-workspace", workspace);
  // If a proxy on the way repeats a creating request, it is answered once and makes no second post.
  if (method === "POST") headers.set("idempotency-key", v4());
  if (options.body !== undefined) headers.set("content-type", "application/json");
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      signal: options.signal ?? null,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    reportConnection("lost");
    throw new ApiError({
      status: 0,
      code: "network.lost",
      message: answerText.unreachable,
    });
  }
}

/** Who one is, and whether a password is right: their 401 is an answer, not the end of a session. */
const questions = new Set<Operation>([
  "whoAmI",
  "signIn",
  "listSessions",
  "previewInvitation",
  "acceptInvitation",
]);

async function answerOf(operation: Operation, given: AddressParts & Sent): Promise<unknown> {
  const response = await send(operation, given);
  reportConnection(response.status === 503 ? "unavailable" : "ok");
  if (response.status === 204) return null;
  if (response.ok) return response.json();
  const error = await problemOf(response);
  if (error.status === 401 && !questions.has(operation)) onSignedOut();
  throw error;
}

/**
 * Calls an operation of the API: `call("getPost", { params: { id } })`. What it takes and answers is what its contract
 * says, and the server keeps to it. Throws `ApiError` for every refusal and for a lost network.
 */
export async function call<Id extends JsonOperation>(
  operation: Id,
  ...[given]: Given<Call<Id> & Around>
): Promise<Answer<Id>> {
  return (await answerOf(operation, (given ?? {}) as AddressParts & Sent)) as Answer<Id>;
}

/** All pages of a list: a calendar with holes would lie, and so would a number that ends with a page. */
export async function everyPage<Id extends PagedOperation>(
  operation: Id,
  query: Call<Id>["query"],
  signal: AbortSignal,
): Promise<Answer<Id>["items"]> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  do {
    const asked = { ...(query as AddressParts["query"]), cursor, limit: 100 };
    const page = (await answerOf(operation, { query: asked, signal })) as Answer<PagedOperation>;
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return items as Answer<Id>["items"];
}

/** A file that the server writes, with the name that it gives it. */
export async function file(operation: FileOperation): Promise<{ blob: Blob; name: string }> {
  const response = await send(operation, {});
  reportConnection(response.status === 503 ? "unavailable" : "ok");
  if (!response.ok) throw await problemOf(response);
  const name = /filename="([^"]+)"/u.exec(response.headers.get("content-disposition") ?? "")?.[1];
  return { blob: await response.blob(), name: name ?? "galley.csv" };
}

/** Uploads one file with progress, which `fetch` does not tell. `onProgress` gets 0 to 1. */
export function upload<Id extends JsonOperation>(
  operation: Id,
  form: FormData,
  onProgress: (done: number) => void,
): Promise<Answer<Id>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const { method, path } = addressOf(operation);
    request.open(method, path);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("idempotency-key", v4());
    const workspace = chosenWorkspace();
    if (workspace) request.setRequestHeader("galley-workspace", workspace);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const response = new Response(request.responseText, {
        status: request.status,
        headers: { "content-type": "application/json" },
      });
      // An answer that is none, from something on the way, is told like any other.
      if (response.ok) response.json().then((answer: Answer<Id>) => resolve(answer), reject);
      else problemOf(response).then(reject, reject);
    });
    request.addEventListener("error", () => {
      reportConnection("lost");
      reject(new ApiError({ status: 0, code: "network.lost", message: answerText.uploadLost }));
    });
    request.send(form);
  });
}
