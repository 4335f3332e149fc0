import { money } from "#kit";
import { compose } from "./compose.ts";
import type { Drafter, DrafterInfo } from "./drafter.ts";

const info: DrafterInfo = {
  label: "Built-in extractive drafter",
  provider: "galley",
  model: "extractive",
  builtIn: true,
};

/** Drafts without a language model: the material's own most telling sentences, fitted to the platform. */
export const extractiveDrafter: Drafter = {
  info,
  draft({ material, digest, connector, report }) {
    const startedAt = performance.now();
    const content = compose(connector, { digest, link: material.url, language: material.language });
    report({
      provider: info.provider,
      model: info.model,
      inputTokens: 0,
      outputTokens: 0,
      // Nobody charges for it: known to be free, not unknown.
      cost: money(0),
      durationMs: performance.now() - startedAt,
      outcome: "ok",
      errorCode: null,
    });
    return Promise.resolve({ content, notice: null });
  },
};
