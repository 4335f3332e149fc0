import type { ApiPart } from "#platform/features";
import { attentionRoutes } from "./attention.routes.ts";
import type { Attention } from "./attention.ts";

/** What waits for whom. */
export function attentionApi({ attention }: { attention: Attention }): ApiPart {
  return { routes: (app) => attentionRoutes(app, { attention }) };
}
