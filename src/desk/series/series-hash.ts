import { contentHash } from "#kit";
import { type Bindable, bindingAsApproved, bindingOf, type BoundTargets } from "../model/binding.ts";
import type { SeriesRule } from "./rule.schema.ts";

/**
 * What the approval of a series binds: the rule with its zone, time and end, the hash of each variant of the template
 * as delivery will freeze it, and where its channels lead. How many occurrences are made ahead is not part of it.
 */
export function seriesHash(rule: SeriesRule, template: Bindable): string {
  return contentHash({ rule, variants: bindingOf(template, null).variants });
}

/** The same as an approval that stands would have bound it; see `bindingAsApproved`. */
export function seriesHashAsApproved(rule: SeriesRule, template: Bindable, targets: BoundTargets): string {
  return contentHash({ rule, variants: bindingAsApproved(template, null, targets).variants });
}
