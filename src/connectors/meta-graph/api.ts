import { createHmac, randomUUID } from "node:crypto";
import type { z } from "zod";
import { isSuccess, parseAnswer } from "../answers.ts";
import type { ConnectorContext, ConnectorRequest, ConnectorResponse } from "../contract.ts";
import type { Asked } from "./failure.ts";
import { graphFailure } from "./failure.ts";
import type { MetaPlatform } from "./settings.ts";
import { readCredentials, readSettings } from "./settings.ts";

/** A file in a multipart body (RFC 7578). */
type GraphFile = { field: string; name: string; mimeType: string; bytes: Uint8Array };

type GraphCall = {
  method: "GET" | "POST" | "DELETE";
  /** Behind the version: `/me/accounts`. */
  path: string;
  params?: Record<string, string>;
  file?: GraphFile;
  /** Another token than the channel's own; null: none. */
  token?: string | null;
};

/** One request to the Graph API as the channel, whatever its answer. The token travels in a header, never in an address. */
export function send(
  platform: MetaPlatform,
  context: ConnectorContext,
  call: GraphCall,
): Promise<ConnectorResponse> {
  const settings = readSettings(platform, context.settings);
  const token = call.token === undefined ? readCredentials(platform, context).token : call.token;
  const params = new URLSearchParams(call.params);
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== null) {
    headers["authorization"] = `Bearer ${token}`;
    // https://developers.facebook.com/docs/graph-api/guides/secure-requests; app tokens need none.
    const isAppToken = token.includes("|");
    if (settings.clientSecret !== "" && !isAppToken) {
      params.set("appsecret_proof", createHmac("sha256", settings.clientSecret).update(token).digest("hex"));
    }
  }
  const url = `${settings.baseUrl}/${settings.version}${call.path}`;
  return context.http.request(withBody({ method: call.method, url, headers }, params, call.file));
}

function withBody(
  request: ConnectorRequest & { headers: Record<string, string> },
  params: URLSearchParams,
  file: GraphFile | undefined,
): ConnectorRequest {
  if (request.method !== "POST") return { ...request, url: `${request.url}?${params.toString()}` };
  if (file === undefined) {
    request.headers["content-type"] = "application/x-www-form-urlencoded";
    return { ...request, body: params.toString() };
  }
  const boundary = `galley-${randomUUID()}`;
  request.headers["content-type"] = `multipart/form-data; boundary=${boundary}`;
  return { ...request, body: multipart(boundary, params, file) };
}

function multipart(boundary: string, params: URLSearchParams, file: GraphFile): Uint8Array {
  const fields = [...params].map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${file.field}"; filename="${file.name}"\r\ncontent-type: ${file.mimeType}\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(fields.join("") + head),
    file.bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** A request whose answer must be a success in the form of `schema`; throws what anything else means. */
export async function request<Schema extends z.ZodType>(
  platform: MetaPlatform,
  context: ConnectorContext,
  schema: Schema,
  asked: Asked,
  call: GraphCall,
): Promise<z.output<Schema>> {
  const response = await send(platform, context, call);
  if (!isSuccess(response)) throw graphFailure(platform, response, asked);
  return parseAnswer(platform, response, schema);
}
