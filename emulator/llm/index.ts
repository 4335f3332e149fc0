import { setTimeout as pause } from "node:timers/promises";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody, listen, Refusal } from "../http.ts";

/**
 * What can go wrong with a model's server, each as it was seen on a real one:
 *
 * - `throttle`: 429 with `Retry-After: 0`
 * - `error`: 500
 * - `unauthorized`: 401
 * - `malformed`: 200, the answer is prose instead of the asked-for JSON
 * - `long`: 200, the text is far longer than asked for
 * - `slow`: answered after `delayMs`
 * - `reset`: the connection ends without an answer
 */
export type ModelFault = {
  kind: "throttle" | "error" | "unauthorized" | "malformed" | "long" | "slow" | "reset";
  /** How many more requests it hits. */
  remaining: number;
  delayMs?: number;
};

type ModelRequestRecord = { authorization: string | null; model: string; messages: string[] };

export type LanguageModelServer = {
  /** The base address for an OpenAI-compatible client, ending in `/v1`. */
  url: string;
  /** Everything that was asked, oldest first. */
  requests: ModelRequestRecord[];
  /** Replaces the faults to come. */
  setFaults(faults: ModelFault[]): void;
  close(): Promise<void>;
};

/** A server that speaks OpenAI's chat completions: deterministic, without a model, with faults on demand. */
export async function startLanguageModel({ apiKey = "test-key" } = {}): Promise<LanguageModelServer> {
  const requests: ModelRequestRecord[] = [];
  let faults: ModelFault[] = [];

  function takeFault(): ModelFault | null {
    const fault = faults[0] ?? null;
    if (fault) fault.remaining -= 1;
    faults = faults.filter(({ remaining }) => remaining > 0);
    return fault;
  }

  async function complete(request: EmulatorRequest): Promise<Answer | null> {
    if (request.method !== "POST" || request.path !== "/chat/completions") {
      throw new Refusal(404, "not_found", "Nothing is here.");
    }
    const body = jsonBody(request);
    const record = recordOf(request, body);
    requests.push(record);
    if (record.authorization !== `Bearer ${apiKey}`)
      return problem(401, "invalid_api_key", "Incorrect API key provided.");
    const fault = takeFault();
    if (fault?.kind === "slow") await pause(fault.delayMs ?? 1_000);
    return answerTo(record, fault);
  }

  const listening = await listen(
    async (request, response) => {
      const answer = await complete(request);
      if (answer === null) response.socket?.resetAndDestroy();
      return answer;
    },
    { host: "127.0.0.1", port: 0, basePath: "/v1" },
  );
  return {
    url: `http://127.0.0.1:${listening.port}/v1`,
    requests,
    setFaults: (next) => {
      faults = next.map((fault) => ({ ...fault }));
    },
    close: () => listening.close(),
  };
}

function answerTo(record: ModelRequestRecord, fault: ModelFault | null): Answer | null {
  switch (fault?.kind) {
    case "reset":
      return null;
    case "throttle":
      return problem(429, "rate_limit_exceeded", "Rate limit reached.", { "retry-after": "0" });
    case "error":
      return problem(500, "server_error", "The server had an error.");
    case "unauthorized":
      return problem(401, "invalid_api_key", "Incorrect API key provided.");
    case "malformed":
      return completion(record, "Sure! Here is your post.");
    case "long":
      return completion(record, proposal(record, 80));
    case "slow":
    case undefined:
      return completion(record, proposal(record, 1));
  }
}

/** The first sentence of the material in the request, so that a test can tell where the text came from. */
function proposal({ messages }: ModelRequestRecord, times: number): string {
  const material = /<material \w+>\s*([\s\S]*?)\s*<\/material/.exec(messages.at(-1) ?? "")?.[1] ?? "";
  const sentence = /^.*?[.!?](?=\s|$)/.exec(material)?.[0] ?? material.slice(0, 100);
  const text = Array.from({ length: times }, (_, index) =>
    index === 0 ? `Drafted: ${sentence}` : sentence,
  ).join(" ");
  return JSON.stringify({ text, subject: "Drafted subject" });
}

function completion({ model, messages }: ModelRequestRecord, content: string): Answer {
  const prompt = messages.reduce((sum, message) => sum + words(message), 0);
  return json({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: words(content),
      total_tokens: prompt + words(content),
    },
  });
}

function words(text: string): number {
  return text.split(/\s+/).length;
}

function problem(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return json({ error: { message, type: code, code } }, status, headers);
}

function recordOf(request: EmulatorRequest, body: Record<string, unknown>): ModelRequestRecord {
  const messages = Array.isArray(body["messages"]) ? body["messages"] : [];
  return {
    authorization: request.headers.authorization ?? null,
    model: String(body["model"]),
    messages: messages.map(contentOf),
  };
}

function contentOf(message: unknown): string {
  const content =
    typeof message === "object" && message !== null && "content" in message ? message.content : "";
  return typeof content === "string" ? content : JSON.stringify(content);
}
