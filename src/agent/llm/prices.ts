import type { Money } from "#kit";
import { money } from "#kit";
import type { ModelSettings } from "./settings.ts";
import { addressOf } from "./settings.ts";

export type Tokens = {
  input: number;
  output: number;
  /** Parts of `input` that providers charge at other rates. */
  cacheRead: number;
  cacheWrite: number;
};

/** The price table's names; an Ollama model runs on the operator's own machine. */
const tableIds: Partial<Record<ModelSettings["provider"], string>> = {
  openai: "openai",
  anthropic: "anthropic",
  google: "google",
  mistral: "mistral",
};

/**
 * What a call cost, in US dollars, by the table of `@pydantic/genai-prices`; null where the table does
 * not know the model, which is never the same as free.
 */
export async function priceOf(settings: ModelSettings, tokens: Tokens): Promise<Money | null> {
  if (settings.provider === "ollama") return money(0);
  // Loaded when first needed: the table is 3 MB.
  const { calcPrice } = await import("@pydantic/genai-prices");
  const usage = {
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    cache_read_tokens: tokens.cacheRead,
    cache_write_tokens: tokens.cacheWrite,
  };
  const providerId = settings.baseUrl === null ? tableIds[settings.provider] : undefined;
  // Behind an address of the operator's own, the address decides whose prices hold.
  const whose = providerId === undefined ? { providerApiUrl: addressOf(settings) } : { providerId };
  const price = calcPrice(usage, settings.model, whose);
  return price ? money(price.total_price.toFixed(10)) : null;
}
