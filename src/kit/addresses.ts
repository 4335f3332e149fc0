/**
 * Addresses of the web as readers find them in a text: what begins with http:// or https://, to the first character
 * that cannot belong to it, less the punctuation of the sentence around it. The bounds are those of GitHub
 * Flavored Markdown, section 6.9 (extended autolinks), which Markdown and plain text share. One pass over the text.
 *
 * The dashboard's previews use this file too, so it touches nothing but its argument.
 */
function findAddresses(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/https?:\/\//gi)) {
    // Part of another address, as in `?to=https://…`, or of another scheme.
    if (index < from || /[a-z0-9+]/i.test(text[index - 1] ?? "")) continue;
    const end = endOf(text, index);
    from = end;
    found.push(text.slice(index, isEnclosed(text, index, end) ? end : withoutPunctuation(text, index, end)));
  }
  return found;
}

/** An address of the web, as parsed, that people may be sent to; null for anything else that a platform calls one. */
export function webAddress(address: string | null): string | null {
  const parsed = URL.parse(address ?? "");
  return parsed?.protocol === "https:" || parsed?.protocol === "http:" ? parsed.href : null;
}

/** Whether two addresses are one, however each is spelled: compared as parsed (WHATWG URL). What is no address is like none. */
export function sameAddress(one: string | null, other: string | null): boolean {
  const parsed = URL.parse(one?.trim() ?? "")?.href;
  return parsed !== undefined && parsed === URL.parse(other?.trim() ?? "")?.href;
}

/**
 * Whether a text holds an address: as one of those that are found in it, compared as parsed (WHATWG URL), so that
 * `https://example.org/a/b` does not hold `https://example.org/a`, and `HTTPS://Example.org` holds
 * `https://example.org/`.
 */
export function mentionsAddress(text: string, address: string): boolean {
  const wanted = URL.parse(address.trim())?.href;
  return wanted !== undefined && findAddresses(text).some((found) => URL.parse(found)?.href === wanted);
}

// What RFC 3986 lets no address hold, and the brackets and full stops that scripts without spaces put around one.
const outside = /[\s\p{Cc}<>"`{}|\\^\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f\uff61\uff64\u2026]/u;
const foreignBracket = /[\p{Ps}\p{Pe}\p{Pi}\p{Pf}]/u;

function endOf(text: string, start: number): number {
  let open = 0;
  const host = text.indexOf("//", start) + 2;
  let inHost = text[host] === "[";
  for (let index = host; index < text.length; index += 1) {
    const character = text[index] ?? "";
    if (character === "/") inHost = false;
    else if (character === "(") open += 1;
    else if (character === ")") open -= 1;
    // Of the brackets of Markdown only those around an IPv6 address belong to one.
    else if (character === "[" || character === "]") {
      if (!inHost) return index;
    } else if (outside.test(character) || foreignBracket.test(character)) return index;
    if (open < 0) return index;
  }
  return text.length;
}

/** In `<…>` and `](…)` an address ends where the bracket says, whatever it ends with. */
function isEnclosed(text: string, start: number, end: number): boolean {
  const around = `${text[start - 1] ?? ""}${text[end] ?? ""}`;
  return around === "<>" || around === "()";
}

const punctuation = new Set("?!.,:;*_~'&");

function withoutPunctuation(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && punctuation.has(text[last - 1] ?? "")) last -= 1;
  return last;
}
