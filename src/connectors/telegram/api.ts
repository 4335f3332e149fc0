import { z } from "zod";
import { trimEndOf } from "#kit";
import type { JsonObject } from "#kit";
import { failureOf, parseAnswer, parseJson } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

const platform = { id: "telegram", name: "Telegram" };

const settingsSchema = z.object({
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .default("https://api.telegram.org")
    .transform((url) => trimEndOf(url, /\//)),
  deadlineMs: z.int().positive().default(20_000),
  windowMs: z.int().positive().default(120_000),
});

export function readSettings(settings: JsonObject): z.output<typeof settingsSchema> {
  return settingsSchema.parse(settings);
}

const credentialsSchema = z.object({ botToken: z.string(), chatId: z.string() });

export function readCredentials(
  context: Pick<ConnectorContext, "credentials">,
): z.output<typeof credentialsSchema> {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "telegram.no_credentials",
    message: "This channel has no stored bot; connect it again.",
  });
}

/** A picture of a request, under the name that its `attach://` address has. */
export type Attached = { name: string; mimeType: string; bytes: Uint8Array };

/** One method of the Bot API and the sense of its `result`; throws what a refusal means. */
export async function call<Schema extends z.ZodType>(
  context: ConnectorContext,
  schema: Schema,
  method: string,
  parameters: JsonObject,
  files: Attached[] = [],
): Promise<z.output<Schema>> {
  const { botToken } = readCredentials(context);
  const { type, body } =
    files.length === 0
      ? { type: "application/json", body: JSON.stringify(parameters) }
      : multipart(parameters, files);
  const response = await context.http.request({
    method: "POST",
    url: `${readSettings(context.settings).apiUrl}/bot${botToken}/${method}`,
    headers: { "content-type": type, accept: "application/json" },
    body,
  });
  if (response.status !== 200) throw telegramFailure(response);
  return parseAnswer(platform, response, envelope.pipe(schema));
}

/** RFC 7578; what is no text travels as JSON, as the Bot API wants it. */
function multipart(parameters: JsonObject, files: Attached[]): { type: string; body: Uint8Array } {
  const boundary = `galley-${crypto.randomUUID()}`;
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    parts.push(
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`),
    );
  }
  for (const { name, mimeType, bytes } of files) {
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\ncontent-type: ${mimeType}\r\n\r\n`;
    parts.push(Buffer.from(head), Buffer.from(bytes), Buffer.from("\r\n"));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) };
}

const envelope = z.object({ ok: z.literal(true), result: z.unknown() }).transform(({ result }) => result);

const refusal = z.object({
  ok: z.literal(false),
  description: z.string(),
  parameters: z.object({ retry_after: z.int().positive() }).partial().optional(),
});

/** https://core.telegram.org/bots/api#making-requests: the words stand in `description`. */
function telegramFailure(response: ConnectorResponse): ConnectorFailure {
  const parsed = refusal.safeParse(parseJson(new TextDecoder().decode(response.body)));
  // Without its own words a refusal came from something in between.
  if (!parsed.success || response.status >= 500) return failureOf(platform, response, { isOwn: false });
  const { description, parameters } = parsed.data;
  const evidence = `${response.status} ${description}`.slice(0, 500);
  if (response.status === 429) {
    const seconds = parameters?.retry_after;
    return new ConnectorFailure({
      verdict: "throttled",
      code: "telegram.throttled",
      message: "Telegram asks to wait before the next message.",
      evidence,
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    });
  }
  // A token that is not one any more answers 401, one that never was 404; 403: the bot was taken out of the channel.
  if ([401, 403, 404].includes(response.status)) {
    const message = `Telegram no longer lets this bot write here: ${description}. Check the bot and connect the channel again.`;
    return new ConnectorFailure({
      verdict: "unauthorized",
      code: "telegram.unauthorized",
      message,
      evidence,
    });
  }
  return new ConnectorFailure({
    verdict: "rejected",
    code: "telegram.rejected",
    message: `Telegram refused: ${description}`,
    evidence,
  });
}
