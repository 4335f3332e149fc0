import type { ConnectorContext, RenderedText } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

/** Markdown as the renderer makes it, once for all attempts. Throws a verdict where it cannot be made. */
export async function renderedText(
  context: ConnectorContext,
  connector: string,
  source: string,
): Promise<RenderedText> {
  if (!context.markdown) {
    throw new ConnectorFailure({
      verdict: "not_sent",
      code: `${connector}.no_renderer`,
      message: "This Galley renders no Markdown.",
    });
  }
  const outcome = await context.markdown.render(source);
  if (outcome.kind === "done") return outcome.value;
  throw new ConnectorFailure({
    verdict: "rejected",
    code: `${connector}.cannot_render`,
    message: "This text could not be made into a page; make it shorter or plainer, and approve it again.",
    evidence: outcome.problem,
  });
}
