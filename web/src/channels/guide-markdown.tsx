import { targetOf } from "../../../src/platform/rendering/markdown-parser.ts";
import { type Looks, MarkdownText } from "../ui/markdown-text.tsx";

const looks: Looks = {
  heading: ({ tag }, children) =>
    // The window's own title stands above all of them.
    tag === "h1" || tag === "h2" ? (
      <h3 className="mt-2 text-base font-semibold">{children}</h3>
    ) : (
      <h4 className="mt-1 font-semibold">{children}</h4>
    ),
  paragraph: (_, children) => <p>{children}</p>,
  bullet_list: (_, children) => <ul className="list-disc space-y-1 ps-5">{children}</ul>,
  ordered_list: (token, children) => (
    <ol start={Number(token.attrGet("start") ?? 1)} className="list-decimal space-y-1 ps-5">
      {children}
    </ol>
  ),
  list_item: (_, children) => <li className="[&>p+*]:mt-2">{children}</li>,
  blockquote: (_, children) => (
    <blockquote className="grid gap-3 border-s-2 border-line-strong ps-3 text-dim">{children}</blockquote>
  ),
  fence: ({ content }) => <Code>{content}</Code>,
  code_block: ({ content }) => <Code>{content}</Code>,
  hr: () => <hr className="border-line" />,
  table: (_, children) => (
    <div>
      <table className="w-full table-fixed border-collapse text-start text-xs break-words">{children}</table>
    </div>
  ),
  thead: (_, children) => <thead>{children}</thead>,
  tbody: (_, children) => <tbody>{children}</tbody>,
  tr: (_, children) => <tr className="align-top">{children}</tr>,
  th: (_, children) => (
    <th scope="col" className="border-b border-line-strong py-1.5 pe-3 font-semibold">
      {children}
    </th>
  ),
  td: (_, children) => <td className="border-b border-line py-1.5 pe-3">{children}</td>,
  // A guide is a file whose lines are broken for those who edit it.
  softbreak: () => "\n",
  hardbreak: () => <br />,
  strong: (_, children) => <strong className="font-semibold">{children}</strong>,
  em: (_, children) => <em>{children}</em>,
  code_inline: ({ content }) => (
    <code dir="ltr" className="rounded bg-fill px-1 font-mono text-xs break-words">
      {content}
    </code>
  ),
  link: (token, children) => {
    const target = targetOf(token);
    if (!target?.startsWith("https://")) return children;
    return (
      <a
        href={target}
        target="_blank"
        rel="noreferrer"
        className="text-accent-ink underline underline-offset-3"
      >
        {children}
      </a>
    );
  },
};

function Code({ children }: { children: string }) {
  return (
    <pre dir="ltr" className="rounded-md bg-fill p-3 font-mono text-xs break-all whitespace-pre-wrap">
      <code>{children}</code>
    </pre>
  );
}

/** A setup guide; links lead only to https addresses, in a tab of their own. */
export function GuideMarkdown({ text }: { text: string }) {
  return (
    <MarkdownText text={text} looks={looks} className="grid gap-3 text-sm leading-relaxed break-words" />
  );
}
