import type { EmulatorRequest } from "./http.ts";

/** The fields of a multipart body (RFC 7578), by name. */
export function fieldsOf(request: EmulatorRequest): Map<string, { bytes: Buffer; fileName: string | null }> {
  const boundary = /boundary="?([^";]+)"?/.exec(request.headers["content-type"] ?? "")?.[1] ?? "";
  const fields = new Map<string, { bytes: Buffer; fileName: string | null }>();
  if (boundary === "") return fields;
  const mark = Buffer.from(`--${boundary}`);
  let at = request.body.indexOf(mark);
  while (at !== -1) {
    const next = request.body.indexOf(mark, at + mark.length);
    if (next === -1) break;
    const part = request.body.subarray(at + mark.length + 2, next - 2);
    const split = part.indexOf("\r\n\r\n");
    const head = part.subarray(0, split).toString("utf8");
    const name = /name="([^"]*)"/.exec(head)?.[1];
    const fileName = /filename="([^"]*)"/.exec(head)?.[1] ?? null;
    if (name !== undefined && split !== -1) fields.set(name, { bytes: part.subarray(split + 4), fileName });
    at = next;
  }
  return fields;
}
