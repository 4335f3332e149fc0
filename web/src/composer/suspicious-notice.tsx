import type { VariantCheck, VariantContent } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { composerText } from "./messages.ts";

type SuspiciousNoticeProps = {
  content: VariantContent;
  found: VariantCheck["suspicious"];
  onClean: (parts: string[]) => void;
};

/** Characters that nobody sees but that would be sent: named one by one, and removed on request only. */
export function SuspiciousNotice({ content, found, onClean }: SuspiciousNoticeProps) {
  if (found.length === 0) return null;
  const codePoints = new Set(found.map((character) => character.codePoint));

  function clean(): void {
    onClean(content.parts.map((part) => [...part].filter((letter) => !codePoints.has(letter.codePointAt(0) ?? 0)).join("")));
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
        .map((character) => composerText.suspiciousAt(codePointName(character.codePoint), character.index + 1))
        .join(", ")}
    </Notice>
  );
}

/** "U+200B", as the Unicode charts write it. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
