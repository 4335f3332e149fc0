import { Fragment } from "react";

const pattern = /(https?:\/\/[^\s]+|(?<![\p{L}\p{N}])[#@][\p{L}\p{N}_.-]+)/gu;

/** Text as platforms show it: line breaks kept, addresses, tags and names in colour. */
export function RichText({ text }: { text: string }) {
  const pieces = text.split(pattern);
  return (
    <span className="break-words whitespace-pre-wrap">
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
