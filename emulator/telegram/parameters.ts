import type { EmulatorRequest } from "../http.ts";
import { jsonBody, Refusal } from "../http.ts";
import { fieldsOf } from "../multipart.ts";

/** JSON, or a multipart form whose objects are JSON texts. */
export function parametersOf(request: EmulatorRequest): Record<string, unknown> {
  if (!(request.headers["content-type"] ?? "").startsWith("multipart/")) return jsonBody(request);
  const entries = [...fieldsOf(request)].filter(([, { fileName }]) => fileName === null);
  return Object.fromEntries(
    entries.map(([name, { bytes }]) => {
      const text = bytes.toString("utf8");
      return [name, name === "media" || name === "reply_parameters" ? JSON.parse(text) : text];
    }),
  );
}

/** Refuses what is no picture; `address` names the part of the form that has its bytes. */
export function pictureOf(request: EmulatorRequest, address: unknown): void {
  const name = /^attach:\/\/(\w+)$/.exec(String(address))?.[1] ?? "";
  const bytes = fieldsOf(request).get(name)?.bytes ?? Buffer.alloc(0);
  const head = bytes.subarray(0, 12).toString("latin1");
  const isPicture =
    head.startsWith("\u0089PNG") || head.startsWith("\u00ff\u00d8\u00ff") || head.endsWith("WEBP");
  if (!isPicture || bytes.length > 10_000_000) {
    throw new Refusal(400, "bad_request", "Bad Request: IMAGE_PROCESS_FAILED");
  }
}

/** A caption, as long as Telegram takes it. */
export function captionOf(value: unknown): string {
  const caption = typeof value === "string" ? value : "";
  if (caption.length > 1024)
    throw new Refusal(400, "bad_request", "Bad Request: message caption is too long");
  return caption;
}

/** An object, or an empty one for whatever else is there. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
