import type { JsonObject, Problem } from "#kit";
import { commonProblems, lengthOf, withLink } from "../checks.ts";
import type { AccountRules, Limits, MediaInfo, VariantContent } from "../contract.ts";
import { limitsOf, parseServerLimits } from "./limits.ts";
import { options, optionText } from "./options.ts";
import { mastodonLength, statusLength } from "./text.ts";

type Server = { name: string; limits: Limits; perUrl: number | undefined };

/** What a server takes: `kept` is what it said of itself, null where it was not asked yet. Pure. */
export function rulesOf(kept: JsonObject | null): AccountRules {
  const told = parseServerLimits(kept);
  const limits = limitsOf(told);
  const { server: name = "Mastodon", charactersPerUrl: perUrl } = told;
  const measure = (text: string) => mastodonLength(text, perUrl);
  return {
    limits,
    measure,
    validate: (variant, media) => [
      ...commonProblems({ name, limits, options, measure, compose: withLink }, variant, media),
      ...languageProblems(variant),
      ...warningProblems({ name, limits, perUrl }, variant),
      ...gifProblems(variant, media),
    ],
  };
}

function languageProblems(variant: VariantContent): Problem[] {
  const language = optionText(variant.options["language"]);
  if (language === "" || /^[a-z]{2,3}$/i.test(language)) return [];
  const message = "A language is two or three letters, such as en.";
  return [{ path: "/options/language", code: "mastodon.bad_language", message }];
}

/** The warning counts with each text; what is too long by itself is told without it. */
function warningProblems({ name, limits, perUrl }: Server, variant: VariantContent): Problem[] {
  const warning = optionText(variant.options["contentWarning"]);
  if (warning === "") return [];
  const { firstComment } = variant;
  const texts: [path: string, text: string][] = [
    ...withLink(variant).map((part, index): [string, string] => [`/parts/${index}`, part]),
    ...(firstComment === null ? [] : [["/firstComment", firstComment] as [string, string]]),
  ];
  return texts.flatMap(([path, text]) => {
    const measure = (part: string) => mastodonLength(part, perUrl);
    if (lengthOf({ limits, measure }, text) > limits.textLength) return [];
    const length = statusLength(text, warning, perUrl);
    if (length <= limits.textLength) return [];
    const what = path === "/firstComment" ? "the first comment" : "this part";
    const message = `With its content warning ${what} has ${length} characters; ${name} takes ${limits.textLength}.`;
    return [{ path, code: "mastodon.too_long_with_warning", message }];
  });
}

/** Up to four images, or one GIF, or one video: https://docs.joinmastodon.org/user/posting/#media */
function gifProblems(variant: VariantContent, media: MediaInfo[]): Problem[] {
  const types = new Map(media.map(({ mediaId, mimeType }) => [mediaId, mimeType]));
  const isMixed =
    variant.media.length > 1 && variant.media.some(({ mediaId }) => types.get(mediaId) === "image/gif");
  if (!isMixed) return [];
  const message = "On Mastodon a GIF goes out alone: take the other files out of this post, or the GIF.";
  return [{ path: "/media", code: "content.media_mixed", message }];
}
