import { Fragment } from "react";

const pattern = /(https?:\/\/[^\s]+|(?<![\p{L}\p{N}])[#@][\p{L}\p{N}_.-]+)/gu;
const withoutNames = /(https?:\/\/[^\s]+|(?<![\p{L}\p{N}])#[\p{L}\p{N}]+)/gu;

/** Text as platforms show it: line breaks kept, addresses, tags and (mostly) names in colour. */
export function RichText({ text, names = true }: { text: string; names?: boolean }) {
  const pieces = text.split(names ? pattern : withoutNames);
  return (
    <span dir="auto" className="as-written">
      {pieces.map((piece, index) =>
        index % 2 === 1 ? (
          <span key={index} className="text-accent-ink">
            {piece}
          </span>
        ) : (
          <Fragment key={index}>{piece}</Fragment>
        ),
      )}
    </span>
  );
}
