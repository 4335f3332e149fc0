import type { App } from "#platform/wire";
import type { TestPerson } from "./app.ts";
import { requestOf } from "./calls.ts";

export type Uploaded = {
  id: string;
  bytes: number;
  sha256: string;
  mimeType: string;
  width: number;
  height: number;
  url: string;
  altText: string;
};
export type UploadProblem = { code: string; detail: string };

type Upload = {
  bytes: Uint8Array;
  person: TestPerson;
  /** What stands beside the file. */
  fields?: Record<string, string>;
  name?: string;
  idempotencyKey?: string;
};

/** Sends a file as browsers do; each call draws a multipart boundary of its own. */
export async function uploadFile(app: App, { bytes, person, fields = {}, name, idempotencyKey }: Upload) {
  const form = new FormData();
  form.append("file", new Blob([Buffer.from(bytes)]), name ?? "photo.jpg");
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  const encoded = new Response(form);
  const answer = await app.inject({
    ...requestOf("uploadMedia"),
    headers: {
      authorization: `Bearer ${person.bearer}`,
      "galley-workspace": person.workspaceId,
      "content-type": encoded.headers.get("content-type") ?? "",
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
    payload: Buffer.from(await encoded.arrayBuffer()),
  });
  return {
    status: answer.statusCode,
    replayed: answer.headers["idempotency-replayed"] === "true",
    body: answer.json<Uploaded & UploadProblem>(),
  };
}
