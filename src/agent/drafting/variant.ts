import type { Connector, VariantContent } from "#connectors";

/** A variant with one text and nothing else. */
export function plainVariant(text: string, link: string | null): VariantContent {
  return { parts: [text], link, media: [], firstComment: null, options: {} };
}

/**
 * Whether the platform would take the variant as it is. What no text can mend, as "needs an image" on
 * Instagram, is for the author to solve and does not count here.
 */
export function fits(connector: Connector, variant: VariantContent): boolean {
  if (variant.parts.length > connector.limits.maxParts) return false;
  if (variant.parts.some((part) => connector.measure(part) > connector.limits.textLength)) return false;
  return connector.validate(variant, []).every((problem) => problem.path.startsWith("/media"));
}
