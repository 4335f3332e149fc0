import { Lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode, useMemo } from "react";

/**
 * A setup guide. Built from tokens, so nothing in a file can become markup of this page; links lead only
 * to https addresses, in a tab of their own.
 */
export function GuideMarkdown({ text }: { text: string }) {
  const tokens = useMemo(() => new Lexer({ gfm: true }).lex(text), [text]);
  return <div className="grid gap-3 text-sm leading-relaxed break-words">{blocks(tokens)}</div>;
}

function blocks(tokens: Token[]): ReactNode[] {
  return tokens.map((token, index) => <Fragment key={index}>{block(token)}</Fragment>);
}

// The lexer types its tokens loosely; `type` tells which one it is.
function block(token: Token): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
    case "html":
      return null;
    case "heading":
      return heading(token as Tokens.Heading);
    case "list":
      return list(token as Tokens.List);
    case "blockquote":
      return (
        <blockquote className="border-l-2 border-line-strong pl-3 text-dim">
          {blocks((token as Tokens.Blockquote).tokens)}
        </blockquote>
      );
    case "code":
      return (
        <pre className="rounded-md bg-fill p-3 font-mono text-xs break-all whitespace-pre-wrap">
          {(token as Tokens.Code).text}
        </pre>
      );
    case "hr":
      return <hr className="border-line" />;
    case "table":
      return table(token as Tokens.Table);
    case "paragraph":
      return <p>{inline((token as Tokens.Paragraph).tokens)}</p>;
    case "text":
      return inline((token as Tokens.Text).tokens ?? [token]);
    default:
      return <p>{token.raw}</p>;
  }
}

function heading({ depth, tokens }: Tokens.Heading): ReactNode {
  // The window's own title stands above all of them.
  return depth <= 2 ? (
    <h3 className="mt-2 text-base font-semibold">{inline(tokens)}</h3>
  ) : (
    <h4 className="mt-1 font-semibold">{inline(tokens)}</h4>
  );
}

function list({ ordered, items, start }: Tokens.List): ReactNode {
  const entries = items.map((item, index) => (
    <li key={index} className="grid gap-2">
      <div>{blocks(item.tokens)}</div>
    </li>
  ));
  if (!ordered) return <ul className="list-disc space-y-1 pl-5 [&>li]:list-item">{entries}</ul>;
  return (
    <ol start={start === "" ? 1 : start} className="list-decimal space-y-1 pl-5 [&>li]:list-item">
      {entries}
    </ol>
  );
}

function table({ header, rows }: Tokens.Table): ReactNode {
  return (
    <div>
      <table className="w-full table-fixed border-collapse text-left text-xs break-words">
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col" className="border-b border-line-strong py-1.5 pr-3 font-semibold">
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="align-top">
              {row.map((cell, column) => (
                <td key={column} className="border-b border-line py-1.5 pr-3">
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(tokens: Token[]): ReactNode[] {
  return tokens.map((token, index) => <Fragment key={index}>{span(token)}</Fragment>);
}

function span(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong className="font-semibold">{inline((token as Tokens.Strong).tokens)}</strong>;
    case "em":
      return <em>{inline((token as Tokens.Em).tokens)}</em>;
    case "codespan":
      return (
        <code className="rounded bg-fill px-1 font-mono text-xs break-words">
          {(token as Tokens.Codespan).text}
        </code>
      );
    case "br":
      return <br />;
    case "link":
      return link(token as Tokens.Link);
    case "text":
    case "escape":
      return (token as Tokens.Text).text;
    default:
      return token.raw;
  }
}

function link({ href, tokens }: Tokens.Link): ReactNode {
  if (!href.startsWith("https://")) return inline(tokens);
  return (
    <a href={href} target="_blank" rel="noreferrer" className="text-accent-ink underline underline-offset-3">
      {inline(tokens)}
    </a>
  );
}
