/**
 * A text without the characters at its end that `edge`, a pattern of one character, matches. For these no expression
 * with `+$` is used: it tries again from each place, and takes the square of its text.
 */
export function trimEndOf(text: string, edge: RegExp): string {
  let end = text.length;
  while (end > 0) {
    const last = String.fromCodePoint(text.codePointAt(end - 2) ?? 0);
    const size = end > 1 && last.length === 2 ? 2 : 1;
    if (!edge.test(text.slice(end - size, end))) break;
    end -= size;
  }
  return text.slice(0, end);
}
