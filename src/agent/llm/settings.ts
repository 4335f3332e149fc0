import { trimEndOf } from "#kit";
import type { LlmProvider } from "#platform/config";

/** Which model drafts; from the configuration. */
export type ModelSettings = {
  provider: LlmProvider;
  model: string;
  apiKey: string | null;
  /** Null: the provider's own address, or Ollama's usual one on this machine. */
  baseUrl: string | null;
};

/** The providers' own API addresses, as their SDK packages have them. */
const ownAddresses: Record<ModelSettings["provider"], string | null> = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
  mistral: "https://api.mistral.ai/v1",
  ollama: "http://127.0.0.1:11434/v1",
  "openai-compatible": null,
};

export const providerNames: Record<ModelSettings["provider"], string> = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  google: "Google",
  mistral: "Mistral",
  ollama: "Ollama",
  "openai-compatible": "an OpenAI-compatible server",
};

/** Where calls go, and the one origin to which the key may travel. */
export function addressOf({ provider, baseUrl }: ModelSettings): string {
  const address = baseUrl ?? ownAddresses[provider];
  if (address === null) throw new TypeError(`${provider} needs a base address`);
  return trimEndOf(address, /\//);
}
