import { lazy, Suspense } from "react";

// The parser is of no use before a mail or an entry is looked at. Where it does not come, the text still does.
const Markdown = lazy(async () => ({
  default: await import("./markdown.tsx").then(
    (part) => part.Markdown,
    () => AsWritten,
  ),
}));

/** A text as site and mail show it; as it was written until the part that reads it is here. */
export function FormattedText({ text }: { text: string }) {
  return (
    <Suspense fallback={<AsWritten text={text} />}>
      <Markdown text={text} />
    </Suspense>
  );
}

function AsWritten({ text }: { text: string }) {
  return (
    <p dir="auto" className="as-written">
      {text}
    </p>
  );
}
