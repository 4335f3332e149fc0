import type { Token } from "markdown-it";
import { Fragment, useDeferredValue, useMemo, type ReactNode } from "react";
import { directionOf } from "../../../src/kit/direction.ts";
import { mostMarkdown } from "../../../src/platform/rendering/markdown-limits.ts";
import { createMarkdown, parseMarkdown } from "../../../src/platform/rendering/markdown-parser.ts";
import { t, texts } from "../lib/texts.ts";
import { type Branch, markdownTree } from "./markdown-tree.ts";
import { Notice } from "./notice.tsx";

const markdownText = texts(() => ({
  tooLong: t`This text is too long to be shown, and to be published.`,
  tooDeep: t`Too many quotes or lists stand in each other here to be shown, and to be published.`,
}));

const markdown = createMarkdown();

/**
 * How things of a text look, by the type of their token, without the `_open` of what holds others. What has no look is
 * what stands in it, or its words.
 */
export type Looks = Partial<Record<string, (token: Token, children: ReactNode[]) => ReactNode>>;

/**
 * What people wrote in Markdown, read as site and mail read it, within the same bounds. Words become text, so nothing
 * in them can become markup of this page. Load it lazily: the parser comes along.
 */
export function MarkdownText({ text, looks, className }: { text: string; looks: Looks; className: string }) {
  // Typing goes before: a long text may be shown a moment later.
  const shown = useDeferredValue(text);
  const nodes = useMemo(() => nodesOrProblem(shown, looks), [shown, looks]);
  return (
    <div dir={directionOf(text)} className={className}>
      {nodes}
    </div>
  );
}

function nodesOrProblem(text: string, looks: Looks): ReactNode {
  if (text.length > mostMarkdown) return <Notice tone="warn">{markdownText.tooLong}</Notice>;
  try {
    return nodesOf(markdownTree(parseMarkdown(markdown, text)), looks);
  } catch (error) {
    if (error instanceof RangeError) return <Notice tone="warn">{markdownText.tooDeep}</Notice>;
    throw error;
  }
}

function nodesOf(branches: Branch[], looks: Looks): ReactNode[] {
  return branches.map((branch, index) => <Fragment key={index}>{nodeOf(branch, looks)}</Fragment>);
}

function nodeOf({ token, within }: Branch, looks: Looks): ReactNode {
  const children = nodesOf(within, looks);
  // A paragraph of a list without empty lines has no element of its own.
  const look = token.hidden ? undefined : looks[token.type.replace(/_open$/u, "")];
  if (look) return look(token, children);
  return token.nesting === 1 ? children : token.content;
}
