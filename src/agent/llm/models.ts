import type { LanguageModel } from "ai";
import type { ModelSettings } from "./settings.ts";
import { addressOf } from "./settings.ts";

/** Opens the configured model; only its own provider's package is loaded. */
export async function openModel(
  settings: ModelSettings,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModel> {
  const baseURL = addressOf(settings);
  const options = { baseURL, fetch, ...(settings.apiKey === null ? {} : { apiKey: settings.apiKey }) };
  switch (settings.provider) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      return createOpenAI(options)(settings.model);
    }
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic(options)(settings.model);
    }
    case "google": {
      const { createGoogleGenerativeAI } = await import("@ai-sdk/google");
      return createGoogleGenerativeAI(options)(settings.model);
    }
    case "mistral": {
      const { createMistral } = await import("@ai-sdk/mistral");
      return createMistral(options)(settings.model);
    }
    case "ollama":
    case "openai-compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const compatible = { ...options, name: settings.provider, supportsStructuredOutputs: true };
      return createOpenAICompatible(compatible)(settings.model);
    }
  }
}
