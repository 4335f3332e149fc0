import type { EmulatorRequest } from "../http.ts";

type UploadedFile = { name: string; mimeType: string; bytes: Buffer };

/** Parameters of a request as the Graph API takes them: query and body are one list, lists may be indexed. */
export type GraphParams = { values: Map<string, string>; files: Map<string, UploadedFile> };

/** Reads the query and a form, JSON or multipart body; `a[0]=x&a[1]=y` becomes `a=["x","y"]`. */
export function graphParams(request: EmulatorRequest): GraphParams {
  const params: GraphParams = { values: new Map(), files: new Map() };
  const lists = new Map<string, unknown[]>();
  const put = (name: string, value: string): void => {
    const indexed = /^([a-z_]+)\[(\d{1,2})\]$/.exec(name);
    if (!indexed) {
      params.values.set(name, value);
      return;
    }
    const [, list = "", index = "0"] = indexed;
    const items = lists.get(list) ?? [];
    items[Number(index)] = parsed(value);
    lists.set(list, items);
  };
  for (const [name, value] of request.query) put(name, value);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/json")) {
    const body = parsed(request.body.toString("utf8"));
    for (const [name, value] of Object.entries(isRecord(body) ? body : {})) {
      put(name, typeof value === "string" ? value : JSON.stringify(value));
    }
  } else if (type.startsWith("multipart/form-data")) {
    for (const part of multipart(type, request.body)) {
      if (part.file === null) put(part.name, part.bytes.toString("utf8"));
      else params.files.set(part.name, { name: part.file, mimeType: part.mimeType, bytes: part.bytes });
    }
  } else {
    for (const [name, value] of new URLSearchParams(request.body.toString("utf8"))) put(name, value);
  }
  for (const [name, items] of lists) params.values.set(name, JSON.stringify(items));
  return params;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON, or the text itself where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

type Part = { name: string; file: string | null; mimeType: string; bytes: Buffer };

// RFC 7578, as far as clients of the Graph API use it.
function multipart(contentType: string, body: Buffer): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  const parts: Part[] = [];
  const marker = Buffer.from(`--${boundary}`);
  let start = body.indexOf(marker);
  while (start !== -1) {
    const next = body.indexOf(marker, start + marker.length);
    if (next === -1) break;
    const whole = body.subarray(start + marker.length + 2, next - 2);
    const split = whole.indexOf("\r\n\r\n");
    const head = whole.subarray(0, Math.max(0, split)).toString("utf8");
    const name = /[; ]name="([^"]*)"/.exec(head)?.[1];
    if (name !== undefined) {
      parts.push({
        name,
        file: /filename="([^"]*)"/.exec(head)?.[1] ?? null,
        mimeType: /content-type: *([^\s;]+)/i.exec(head)?.[1] ?? "application/octet-stream",
        bytes: whole.subarray(split + 4),
      });
    }
    start = next;
  }
  return parts;
}
