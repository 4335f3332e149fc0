import type { VariantContent } from "#connectors";
import { type JsonObject, withoutSuspicious } from "#kit";

/** A draft without characters that nobody sees: a source or a model may bring some along, and a person approves by sight. */
export function visibleContent(content: VariantContent): VariantContent {
  return {
    ...content,
    parts: content.parts.map(withoutSuspicious),
    firstComment: content.firstComment === null ? null : withoutSuspicious(content.firstComment),
    media: content.media.map(({ mediaId, altText }) => ({ mediaId, altText: withoutSuspicious(altText) })),
    options: visibleOptions(content.options),
  };
}

function visibleOptions(options: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      typeof value === "string" ? withoutSuspicious(value) : value,
    ]),
  );
}
