// oxlint-disable-next-line no-restricted-imports -- a rule that comes as code: docs/decisions/0002
import { mentionsAddress } from "../../../src/kit/addresses.ts";
import type { VariantContent } from "../api/types.ts";

/** The parts as they are sent where links live in the text: the link after the last part, unless one has it. */
export function withLink({ parts, link }: Pick<VariantContent, "parts" | "link">): string[] {
  if (link === null || parts.some((part) => mentionsAddress(part, link))) return parts;
  return parts.map((part, index) => {
    if (index < parts.length - 1) return part;
    return part.trim() === "" ? link : `${part}\n\n${link}`;
  });
}
