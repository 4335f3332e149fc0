import { accents, punctuation, spaces } from "./characters.ts";
import { findUrls } from "./urls.ts";

/** A place in a text that X makes a link of. `text` is all of it: `@ada`, `@ada/a-list`, `#type`, `$GOOG`, an address. */
export type Entity = {
  kind: "url" | "mention" | "hashtag" | "cashtag";
  start: number;
  end: number;
  text: string;
};

/**
 * What X makes links of: addresses, mentions of accounts and of their lists, hashtags and cashtags, in the order
 * of the text; where two overlap, the one that starts first. The rules are those of twitter-text 3
 * (Apache-2.0), `extractEntitiesWithIndices`, over the runtime's own Unicode data instead of its tables.
 */
export function findEntities(text: string): Entity[] {
  const urls = findUrls(text).map((found): Entity => ({ ...found, kind: "url", text: found.url }));
  const all = [...urls, ...findMentions(text), ...findHashtags(text), ...findCashtags(text)];
  let end = 0;
  return all
    .sort((left, right) => left.start - right.start)
    .filter((entity) => {
      if (entity.start < end) return false;
      end = entity.end;
      return true;
    });
}

// A name may follow "RT" directly, which is how posts were passed on before there was a button for it. X gives
// names of 15 characters at most, and has some of its first days that are longer.
const mention =
  /(?<before>^|[^a-zA-Z0-9_!#$%&*@＠]|(?:^|[^a-zA-Z0-9_+~.-])[Rr][Tt]:?)[@＠][a-zA-Z0-9_]{1,20}(?:\/[a-zA-Z][a-zA-Z0-9_-]{0,24})?/gu;
// `@ada@example.com` is a mail address, `@http://` one of the web; `@adaì` is another name than `@ada`.
// measured: test/texts/text-growth.test.ts
const notAfterMention = new RegExp(`^(?:[@＠${accents}]|://)`, "u");

function findMentions(text: string): Entity[] {
  return /[@＠]/u.test(text) ? matches("mention", mention, text, notAfterMention) : [];
}

const letters = "\\p{L}\\p{M}";
// What joins letters in some script: joiners, the Hebrew hyphen, the katakana middle dot, the Tibetan tsheg...
const joining =
  "_\\u200c\\u200d\\ua67e\\u05be\\u05f3\\u05f4\\uff5e\\u301c\\u309b\\u309c\\u30a0\\u30fb\\u3003\\u0f0b\\u0f0c\\xb7";
const digits = `\\p{Nd}${joining}`;
// At least one letter. A number sign with a variation selector or an enclosing keycap is an emoji; `&#` begins an
// entity of HTML.
// measured: test/texts/text-growth.test.ts
const hashtag = new RegExp(
  `(?<before>^|[\\ufe0e\\ufe0f]|[^&${letters}${digits}])[#＃](?![\\ufe0f\\u20e3])(?=[${digits}]*[${letters}])[${letters}${digits}]+`,
  "gu",
);
const notAfterHashtag = /^(?:[#＃]|:\/\/)/u;

function findHashtags(text: string): Entity[] {
  return /[#＃]/u.test(text) ? matches("hashtag", hashtag, text, notAfterHashtag) : [];
}

// measured: test/texts/text-growth.test.ts
const cashtag = new RegExp(
  `(?<before>^|[${spaces}])\\$[a-zA-Z]{1,6}(?:[._][a-zA-Z]{1,2})?(?=$|[\\s${punctuation}])`,
  "gu",
);

function findCashtags(text: string): Entity[] {
  return text.includes("$") ? matches("cashtag", cashtag, text, null) : [];
}

function matches(kind: Entity["kind"], pattern: RegExp, text: string, notAfter: RegExp | null): Entity[] {
  return [...text.matchAll(pattern)].flatMap((match): Entity[] => {
    const end = match.index + match[0].length;
    // Within the pattern this would only shorten what is found.
    if (notAfter?.test(text.slice(end, end + 3))) return [];
    const start = match.index + (match.groups?.["before"]?.length ?? 0);
    return [{ kind, start, end, text: text.slice(start, end) }];
  });
}
