import { contentHash } from "#kit";
import { bindingOf } from "../binding.ts";
import type { LoadedPost } from "../load.ts";
import type { SeriesRule } from "./rule.schema.ts";

/**
 * What the approval of a series binds: the rule with its zone, time and end, and the hash of each variant of
 * the template as delivery will freeze it. How many occurrences are made ahead is not part of it.
 */
export function seriesHash(rule: SeriesRule, template: Pick<LoadedPost, "variants" | "media">): string {
  return contentHash({ rule, variants: bindingOf(template.variants, template.media, null).variants });
}
