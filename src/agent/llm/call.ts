import type { LanguageModel, LanguageModelUsage } from "ai";
import { GalleyError } from "#kit";
import type { ModelCall } from "../drafting/drafter.ts";
import { AgentError } from "../error.ts";
import { priceOf } from "./prices.ts";
import type { Proposal } from "./prompt.ts";
import { proposalSchema } from "./prompt.ts";
import type { ModelSettings } from "./settings.ts";
import { providerNames } from "./settings.ts";

export type ModelRequest = {
  model: LanguageModel;
  settings: ModelSettings;
  instructions: string;
  prompt: string;
  signal: AbortSignal;
  report: (call: ModelCall) => void;
};

/** Tokens of an answer; a draft has some hundred, and a runaway answer costs money. */
const mostOutputTokens = 4_000;

/**
 * Asks the model for one proposal and reports the call, whatever became of it. It has no tools.
 *
 * @throws AgentError `agent.model_*`, in words for the person who waits for the draft
 */
export async function askModel(request: ModelRequest): Promise<Proposal> {
  const { generateText, Output } = await import("ai");
  const startedAt = performance.now();
  try {
    const result = await generateText({
      model: request.model,
      instructions: request.instructions,
      prompt: request.prompt,
      output: Output.object({ schema: proposalSchema, name: "propose_draft" }),
      maxOutputTokens: mostOutputTokens,
      maxRetries: 1,
      abortSignal: request.signal,
    });
    const proposal = result.output;
    await reportCall(request, startedAt, result.totalUsage, null);
    return proposal;
  } catch (error) {
    const failure = await explain(error, request.settings);
    await reportCall(request, startedAt, failure.usage, failure.error.code);
    request.signal.throwIfAborted();
    throw failure.error;
  }
}

async function reportCall(
  { settings, report }: ModelRequest,
  startedAt: number,
  usage: LanguageModelUsage | undefined,
  errorCode: string | null,
): Promise<void> {
  const { inputTokens, outputTokens } = usage ?? {};
  const isCounted = inputTokens !== undefined && outputTokens !== undefined;
  const tokens = isCounted && {
    input: inputTokens,
    output: outputTokens,
    cacheRead: usage?.inputTokenDetails.cacheReadTokens ?? 0,
    cacheWrite: usage?.inputTokenDetails.cacheWriteTokens ?? 0,
  };
  report({
    provider: settings.provider,
    model: settings.model,
    inputTokens: inputTokens ?? null,
    outputTokens: outputTokens ?? null,
    // A lost answer may have been charged for: unknown, not nothing.
    cost: tokens ? await priceOf(settings, tokens) : null,
    durationMs: performance.now() - startedAt,
    outcome: errorCode === null ? "ok" : "failed",
    errorCode,
  });
}

type Explained = { error: AgentError; usage: LanguageModelUsage | undefined };

async function explain(error: unknown, settings: ModelSettings): Promise<Explained> {
  const { APICallError, NoObjectGeneratedError, RetryError } = await import("ai");
  const name = providerNames[settings.provider];
  const last = RetryError.isInstance(error) ? error.lastError : error;
  if (NoObjectGeneratedError.isInstance(last)) {
    const message = `${settings.model} answered in a form that is no draft.`;
    return { error: failed("malformed", message, last), usage: last.usage };
  }
  const egress = APICallError.isInstance(last) ? last.cause : last;
  if (egress instanceof GalleyError) {
    const message = `${name} could not be reached: ${egress.message}`;
    return { error: failed("unreachable", message, egress), usage: undefined };
  }
  const status = APICallError.isInstance(last) ? last.statusCode : undefined;
  return { error: failed(...wordsFor(status, name, settings.model), last), usage: undefined };
}

function wordsFor(status: number | undefined, name: string, model: string): [code: string, message: string] {
  if (status === 401 || status === 403)
    return ["unauthorized", `${name} refused the key (${status}); check LLM_API_KEY.`];
  if (status === 404)
    return ["unknown", `${name} knows no model "${model}" (404); check LLM_MODEL and LLM_BASE_URL.`];
  if (status === 429)
    return [
      "throttled",
      `${name} refused for now (429): too many requests, or the account has no credit left.`,
    ];
  if (status !== undefined) return ["failed", `${name} answered ${status}.`];
  return ["unreachable", `${name} gave no answer.`];
}

function failed(code: string, message: string, cause: unknown): AgentError {
  return new AgentError({ code: `agent.model_${code}`, kind: "unavailable", message, cause });
}
