import { randomBytes } from "node:crypto";
import type { LanguageModel } from "ai";
import type { Connector, VariantContent } from "#connectors";
import { withoutSuspicious } from "#kit";
import type { HttpClient } from "#platform/http-client";
import type { Drafter, DraftRequest } from "../drafting/drafter.ts";
import { extractiveDrafter } from "../drafting/extractive.ts";
import { requiredOptions } from "../drafting/options.ts";
import { fits, plainVariant } from "../drafting/variant.ts";
import { AgentError } from "../error.ts";
import { fitText } from "../text/fit.ts";
import { boundFetch } from "./bound-fetch.ts";
import { askModel } from "./call.ts";
import { openModel } from "./models.ts";
import type { Proposal } from "./prompt.ts";
import { instructionsFor, promptFor } from "./prompt.ts";
import type { ModelSettings } from "./settings.ts";
import { addressOf, providerNames } from "./settings.ts";

/**
 * Drafts with a language model. Where the model fails, the built-in drafter writes instead and the
 * notice says why; a draft that the platform would refuse goes back to the model once, and is then
 * shortened by whole sentences.
 */
export function createModelDrafter(
  settings: ModelSettings,
  http: Pick<HttpClient, "connectorHttp">,
): Drafter {
  const info = {
    label: `${settings.model} by ${providerNames[settings.provider]}`,
    provider: settings.provider,
    model: settings.model,
    builtIn: false,
  };
  let opening: Promise<LanguageModel> | null = null;

  async function draft(request: DraftRequest) {
    opening ??= openModel(settings, boundFetch(http, addressOf(settings)));
    try {
      return await propose(await opening, settings, request);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      const { content } = await extractiveDrafter.draft(request);
      return {
        content,
        notice: `${error.message} The built-in extractive drafter wrote this draft instead.`,
      };
    }
  }

  return { info, draft };
}

async function propose(model: LanguageModel, settings: ModelSettings, request: DraftRequest) {
  const { connector, material, signal, report } = request;
  const instructions = instructionsFor(connector);
  const marker = randomBytes(8).toString("hex");
  async function ask(problems: readonly string[]): Promise<VariantContent> {
    const prompt = promptFor(request, marker, problems);
    const proposal = await askModel({ model, settings, instructions, prompt, signal, report });
    return variantOf(request, proposal);
  }

  const first = await ask([]);
  if (isUsable(connector, first)) return { content: first, notice: null };
  const second = await ask(problemsOf(connector, first));
  if (isUsable(connector, second)) return { content: second, notice: null };
  const text = fitText(second.parts[0] ?? "", material.language, (shorter) =>
    fits(connector, { ...second, parts: [shorter] }),
  );
  if (text.trim() === "") {
    throw new AgentError({
      code: "agent.model_empty",
      kind: "unavailable",
      message: `${settings.model} wrote nothing that ${connector.name} takes.`,
    });
  }
  const notice = `${settings.model} wrote more than ${connector.name} takes; the draft was shortened by whole sentences.`;
  return { content: { ...second, parts: [text] }, notice };
}

function isUsable(connector: Connector, content: VariantContent): boolean {
  return (content.parts[0] ?? "").trim() !== "" && fits(connector, content);
}

function problemsOf(connector: Connector, content: VariantContent): string[] {
  return connector.validate(content, []).map((problem) => problem.message);
}

/** A model may have repeated what hides in its material; the draft holds none of it. */
function variantOf({ connector, material, digest }: DraftRequest, proposal: Proposal): VariantContent {
  const title = withoutSuspicious(proposal.subject ?? "").trim() || digest.title;
  const content = plainVariant(withoutSuspicious(proposal.text).trim(), material.url);
  return { ...content, options: requiredOptions(connector, title) };
}
