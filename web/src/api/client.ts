import { v4 } from "uuid";
import { readStored, writeStored } from "../lib/storage.ts";
import { reportConnection } from "./connection.ts";
import { answerText } from "./messages.ts";
import { ApiError, problemOf } from "./problem.ts";

type Query = Record<string, string | number | undefined>;
type Options = {
  query?: Query;
  body?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
};

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

function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers = new Headers({ ...options.headers, accept: "application/json" });
  const workspace = chosenWorkspace();
  if (workspace) headers.set("galley-workspace", workspace);
  // If a proxy on the way repeats a creating request, it is answered once and makes no second post.
  if (method === "POST") headers.set("idempotency-key", v4());
  if (options.body !== undefined) headers.set("content-type", "application/json");
  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      credentials: "same-origin",
      signal: options.signal ?? null,
      ...(options.form ? { body: options.form } : {}),
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
const questions = new Set(["/me", "/sessions", "/invitations/accept"]);

/**
 * One call of the API. Throws `ApiError` for every refusal and for a lost network. The caller names the
 * answer's type, which the server's response schemas guarantee.
 */
async function call<Answer>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const response = await send(method, path, options);
  reportConnection(response.status === 503 ? "unavailable" : "ok");
  if (response.status === 204) return undefined as Answer;
  if (response.ok) return (await response.json()) as Answer;
  const error = await problemOf(response);
  if (error.status === 401 && !questions.has(path)) onSignedOut();
  throw error;
}

export const api = {
  get: <Answer>(path: string, query?: Query, signal?: AbortSignal) =>
    call<Answer>("GET", path, { ...(query ? { query } : {}), signal }),
  post: <Answer>(path: string, body: unknown = {}, signal?: AbortSignal) =>
    call<Answer>("POST", path, { body, signal }),
  /** The first set-up; `token` is what the server printed in its terminal, null where it asks for none. */
  setUp: (body: unknown, token: string | null) =>
    call("POST", "/setup", { body, ...(token === null ? {} : { headers: { "galley-setup-token": token } }) }),
  put: <Answer>(path: string, body: unknown) => call<Answer>("PUT", path, { body }),
  patch: <Answer>(path: string, body: unknown) => call<Answer>("PATCH", path, { body }),
  delete: <Answer = undefined>(path: string) => call<Answer>("DELETE", path),
};

/** A file that the server writes, with the name that it gives it. */
export async function file(path: string): Promise<{ blob: Blob; name: string }> {
  const response = await send("GET", path, {});
  reportConnection(response.status === 503 ? "unavailable" : "ok");
  if (!response.ok) throw await problemOf(response);
  const name = /filename="([^"]+)"/u.exec(response.headers.get("content-disposition") ?? "")?.[1];
  return { blob: await response.blob(), name: name ?? "galley.csv" };
}

/** Uploads one file with progress, which `fetch` does not tell. `onProgress` gets 0 to 1. */
export function upload<Answer>(
  path: string,
  form: FormData,
  onProgress: (done: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(path));
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
      if (response.ok) response.json().then((answer: Answer) => resolve(answer), reject);
      else problemOf(response).then(reject, reject);
    });
    request.addEventListener("error", () => {
      reportConnection("lost");
      reject(new ApiError({ status: 0, code: "network.lost", message: answerText.uploadLost }));
    });
    request.send(form);
  });
}
