import type { Suspicious, VariantContent } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { composerText } from "./messages.ts";

type SuspiciousNoticeProps = {
  content: VariantContent;
  found: Suspicious[];
  onClean: (parts: string[]) => void;
};

/** Characters that nobody sees but that would be sent: named one by one, and removed on request only. */
export function SuspiciousNotice({ content, found: all, onClean }: SuspiciousNoticeProps) {
  // Those of the first comment are told beside it.
  const found = all.filter(({ part }) => part < content.parts.length);
  if (found.length === 0) return null;
  function clean(): void {
    onClean(
      content.parts.map((text, part) =>
        without(
          text,
          found.filter((character) => character.part === part),
        ),
      ),
    );
  }

  return (
    <Notice
      tone="warn"
      title={composerText.suspicious(found.length)}
      action={
        <Button size="sm" onClick={clean}>
          {composerText.removeSuspicious}
        </Button>
      }
    >
      {found
        .slice(0, 6)
        .map((character) =>
          composerText.suspiciousAt(codePointName(character.codePoint), character.index + 1),
        )
        .join(", ")}
    </Notice>
  );
}

/** The text without the characters at these positions (UTF-16 units). */
function without(text: string, characters: Suspicious[]): string {
  return characters
    .toSorted((left, right) => right.index - left.index)
    .reduce((rest, { index, codePoint }) => {
      const end = index + String.fromCodePoint(codePoint).length;
      return rest.slice(0, index) + rest.slice(end);
    }, text);
}

/** "U+200B", as the Unicode charts write it. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
