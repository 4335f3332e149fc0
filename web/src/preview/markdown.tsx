import { Lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode, useMemo } from "react";

/**
 * Markdown as the mail connector renders it: line breaks kept, HTML shown as text, pictures by their
 * words. Built from tokens, so nothing in a draft can become markup of this page.
 */
export function Markdown({ text }: { text: string }) {
  const tokens = useMemo(() => new Lexer({ gfm: true, breaks: true }).lex(text), [text]);
  return <div className="grid gap-3.5 break-words">{blocks(tokens)}</div>;
}

function blocks(tokens: Token[]): ReactNode[] {
  return tokens.map((token, index) => <Fragment key={index}>{block(token)}</Fragment>);
}

// The lexer types its tokens loosely; `type` tells which one it is.
function block(token: Token): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return <p className="text-lg font-semibold">{inline((token as Tokens.Heading).tokens)}</p>;
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
        <pre className="overflow-x-auto rounded-md bg-fill p-3 font-mono text-xs">
          {(token as Tokens.Code).text}
        </pre>
      );
    case "hr":
      return <hr className="border-line" />;
    case "paragraph":
      return <p>{inline((token as Tokens.Paragraph).tokens)}</p>;
    case "text":
      return inline((token as Tokens.Text).tokens ?? [token]);
    default:
      return <p>{token.raw}</p>;
  }
}

function list({ ordered, items }: Tokens.List): ReactNode {
  const entries = items.map((item, index) => <li key={index}>{blocks(item.tokens)}</li>);
  if (ordered) return <ol className="list-decimal pl-5">{entries}</ol>;
  return <ul className="list-disc pl-5">{entries}</ul>;
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
    case "del":
      return <del>{inline((token as Tokens.Del).tokens)}</del>;
    case "codespan":
      return (
        <code className="rounded bg-fill px-1 font-mono text-xs">{(token as Tokens.Codespan).text}</code>
      );
    case "br":
      return <br />;
    case "link":
      return (
        <span className="text-accent-ink underline underline-offset-3">
          {inline((token as Tokens.Link).tokens)}
        </span>
      );
    case "image":
      return (token as Tokens.Image).text || (token as Tokens.Image).href;
    case "text":
    case "escape":
      return (token as Tokens.Text).text;
    default:
      return token.raw;
  }
}
