import { targetOf, wordsOfPicture } from "../../../src/platform/rendering/markdown-parser.ts";
import { type Looks, MarkdownText } from "../ui/markdown-text.tsx";

const link = "text-accent-ink underline underline-offset-3";

const looks: Looks = {
  heading: (_, children) => <p className="text-lg font-semibold">{children}</p>,
  paragraph: (_, children) => <p>{children}</p>,
  bullet_list: (_, children) => <ul className="list-disc ps-5">{children}</ul>,
  ordered_list: (token, children) => (
    <ol start={Number(token.attrGet("start") ?? 1)} className="list-decimal ps-5">
      {children}
    </ol>
  ),
  list_item: (_, children) => <li className="[&>p+*]:mt-2">{children}</li>,
  blockquote: (_, children) => (
    <blockquote className="grid gap-3.5 border-s-2 border-line-strong ps-3 text-dim">{children}</blockquote>
  ),
  fence: ({ content }) => <Code>{content}</Code>,
  code_block: ({ content }) => <Code>{content}</Code>,
  hr: () => <hr className="border-line" />,
  table: (_, children) => (
    <div className="overflow-x-auto">
      <table className="text-start">{children}</table>
    </div>
  ),
  thead: (_, children) => <thead>{children}</thead>,
  tbody: (_, children) => <tbody>{children}</tbody>,
  tr: (_, children) => <tr className="align-top">{children}</tr>,
  th: (_, children) => (
    <th scope="col" className="pe-3 font-semibold">
      {children}
    </th>
  ),
  td: (_, children) => <td className="pe-3">{children}</td>,
  softbreak: () => <br />,
  hardbreak: () => <br />,
  strong: (_, children) => <strong className="font-semibold">{children}</strong>,
  em: (_, children) => <em>{children}</em>,
  s: (_, children) => <del>{children}</del>,
  code_inline: ({ content }) => (
    <code dir="ltr" className="rounded bg-fill px-1 font-mono text-xs">
      {content}
    </code>
  ),
  // They are looked at here, and followed where they are published.
  link: (token, children) => (targetOf(token) === null ? children : <span className={link}>{children}</span>),
  image: (token) =>
    targetOf(token) === null ? wordsOfPicture(token) : <span className={link}>{wordsOfPicture(token)}</span>,
};

function Code({ children }: { children: string }) {
  return (
    <pre dir="ltr" className="overflow-x-auto rounded-md bg-fill p-3 font-mono text-xs">
      <code>{children}</code>
    </pre>
  );
}

/** Markdown as site and mail render it: by the same parser, with the same limits. */
export function Markdown({ text }: { text: string }) {
  return <MarkdownText text={text} looks={looks} className="grid gap-3.5 break-words" />;
}
