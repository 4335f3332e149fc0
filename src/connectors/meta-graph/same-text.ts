/** A text counts as the same when it differs in its ends and line breaks only: Meta trims it. */
export function sameText(left: string, right: string): boolean {
  return plain(left) === plain(right);
}

function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").trim().normalize("NFC");
}
