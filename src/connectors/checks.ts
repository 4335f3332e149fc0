import type { Problem } from "#kit";
import { mentionsAddress, publishableProblem } from "#kit";
import type { Limits, MediaInfo, OptionField, VariantContent } from "./contract.ts";
import { mediaProblems } from "./media-checks.ts";
import { isValidUrl } from "./text/valid-url.ts";

type Rules = {
  name: string;
  limits: Limits;
  options: OptionField[];
  measure(text: string): number;
  compose(variant: VariantContent): string[];
};

/**
 * The checks that every platform needs: text present and within the limit, count, kind and size of media, alt
 * text, first comment, required options. Paths are JSON Pointers into the variant.
 */
export function commonProblems(rules: Rules, variant: VariantContent, media: MediaInfo[]): Problem[] {
  return [
    ...malformed(variant),
    ...partProblems(rules, variant),
    ...mediaProblems(rules, variant, media),
    ...commentProblems(rules, variant),
    ...linkProblems(variant),
    ...optionProblems(rules, variant),
  ];
}

function malformed(variant: VariantContent): Problem[] {
  return [
    ...variant.parts.map((text, index) => publishableProblem(`/parts/${index}`, text)),
    ...variant.media.map((item, index) => publishableProblem(`/media/${index}/altText`, item.altText)),
    variant.firstComment === null ? null : publishableProblem("/firstComment", variant.firstComment),
  ].filter((problem) => problem !== null);
}

function partProblems(rules: Rules, variant: VariantContent): Problem[] {
  const { limits, name } = rules;
  const problems: Problem[] = [];
  if (variant.parts.length > limits.maxParts) {
    const most =
      limits.maxParts === 1 ? "has no threads: use one part" : `takes at most ${limits.maxParts} parts`;
    problems.push({ path: "/parts", code: "content.too_many_parts", message: `${name} ${most}.` });
  }
  const texts = rules.compose(variant);
  if (texts.length === 0)
    problems.push({ path: "/parts", code: "content.empty", message: "Write something first." });
  for (const [index, text] of texts.entries()) {
    const path = `/parts/${index}`;
    const carried = index === 0 && variant.media.length > 0;
    if (text.trim() === "" && !carried) {
      problems.push({ path, code: "content.empty", message: "This part is empty." });
    }
    const length = lengthOf(rules, text);
    if (length > limits.textLength) {
      const over = `${length - limits.textLength} too many of ${limits.textLength} ${limits.textUnit}`;
      problems.push({
        path,
        code: "content.too_long",
        message: `This part is too long for ${name}: ${over}.`,
      });
    }
  }
  return problems;
}

function commentProblems(rules: Rules, variant: VariantContent): Problem[] {
  const path = "/firstComment";
  if (variant.firstComment === null) return [];
  if (!rules.limits.firstComment) {
    return [{ path, code: "content.no_comments", message: `${rules.name} has no first comment.` }];
  }
  if (variant.firstComment.trim() === "") {
    return [{ path, code: "content.empty", message: "The first comment is empty; remove it or write it." }];
  }
  if (lengthOf(rules, variant.firstComment) <= rules.limits.textLength) return [];
  return [{ path, code: "content.too_long", message: `The first comment is too long for ${rules.name}.` }];
}

/** Where a variant has a first comment, for platforms that ask for a permission of its own for it. */
export function firstCommentOf({ firstComment }: VariantContent): string | null {
  return firstComment === null ? null : "/firstComment";
}

function linkProblems({ link }: VariantContent): Problem[] {
  if (link === null || (/^https?:\/\//i.test(link) && URL.canParse(link))) return [];
  const message = isValidUrl(link, "optional")
    ? `Write the link with https:// before it: https://${link}`
    : "The link must start with https:// or http://.";
  return [{ path: "/link", code: "content.bad_link", message }];
}

function optionProblems(rules: Rules, variant: VariantContent): Problem[] {
  const problems: Problem[] = [];
  for (const field of rules.options) {
    const path = `/options/${field.key}`;
    const value = variant.options[field.key];
    const text = typeof value === "string" ? value.trim() : "";
    if (value !== undefined && typeof value !== "string") {
      problems.push({ path, code: "content.bad_option", message: `${field.label} must be text.` });
    } else if (field.required && text === "") {
      problems.push({ path, code: "content.option_missing", message: `${field.label} is missing.` });
    } else if (Array.from(text).length > field.maxLength) {
      const message = `${field.label} holds at most ${field.maxLength} characters.`;
      problems.push({ path, code: "content.option_too_long", message });
    } else if (field.kind === "choice" && text !== "" && !field.choices.includes(text)) {
      problems.push({
        path,
        code: "content.bad_option",
        message: `${field.label} is one of ${field.choices.join(", ")}.`,
      });
    }
  }
  for (const key of Object.keys(variant.options)) {
    if (rules.options.some((field) => field.key === key)) continue;
    const message = `${rules.name} has no option "${key}".`;
    problems.push({ path: `/options/${key}`, code: "content.unknown_option", message });
  }
  return problems;
}

/** The parts with the link after the last one, where no part has it yet: for platforms whose links live in the text. */
export function withLink(variant: VariantContent): string[] {
  const { link, parts } = variant;
  if (link === null || parts.some((part) => mentionsAddress(part, link))) return parts;
  return parts.map((part, index) => {
    if (index < parts.length - 1) return part;
    return part.trim() === "" ? link : `${part}\n\n${link}`;
  });
}

/** Long addresses count little, so a text that fits may have many more characters; none has this many. */
const mostMeasured = 15_000;

/**
 * The length of a part as its platform counts it. Of a text that could never fit it is the number of UTF-16 units, so
 * that nobody waits for what only tells how much too long it is.
 */
export function lengthOf({ limits, measure }: Pick<Rules, "limits" | "measure">, text: string): number {
  return text.length > Math.max(4 * limits.textLength, mostMeasured) ? text.length : measure(text);
}
