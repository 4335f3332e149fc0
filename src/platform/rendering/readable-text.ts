import type { Token } from "markdown-it";
import { sameAddress } from "#kit";

/** What a line stands in: a quote's mark is on each of its lines, an item's on its first. */
type Container = { mark: string; rest: string };

/**
 * Parsed Markdown as text that people read in a mail: links as words and address, items with their mark, quotes as
 * mails quote, no emphasis marks.
 */
export function readableText(tokens: Token[]): string {
  const lines: string[] = [];
  const containers: Container[] = [];
  const numbers: (number | null)[] = [];
  let row: string[] | null = null;
  /** How many containers the empty line before the next one stands in; null where there is none. */
  let gap: number | null = null;

  function write(text: string): void {
    if (gap !== null && lines.length > 0) {
      const around = containers.slice(0, gap).map(({ rest }) => rest);
      lines.push(around.join("").trimEnd());
    }
    gap = null;
    for (const line of text.split("\n")) {
      const before = containers.map(({ mark }) => mark).join("");
      for (const container of containers) container.mark = container.rest;
      lines.push(`${before}${line}`.trimEnd());
    }
  }

  for (const token of tokens) {
    switch (token.type) {
      case "bullet_list_open":
        numbers.push(null);
        break;
      case "ordered_list_open":
        numbers.push(Number(token.attrGet("start") ?? 1));
        break;
      case "bullet_list_close":
      case "ordered_list_close":
        numbers.pop();
        if (numbers.length === 0) gap = containers.length;
        break;
      case "list_item_open": {
        const number = numbers.at(-1) ?? null;
        if (number !== null) numbers[numbers.length - 1] = number + 1;
        const mark = number === null ? "- " : `${number}. `;
        containers.push({ mark, rest: " ".repeat(mark.length) });
        break;
      }
      case "blockquote_open":
        containers.push({ mark: "> ", rest: "> " });
        break;
      case "list_item_close":
        containers.pop();
        if (gap !== null) gap = Math.min(gap, containers.length);
        break;
      case "blockquote_close":
        containers.pop();
        gap = containers.length;
        break;
      case "tr_open":
        row = [];
        break;
      case "tr_close":
        write(row?.join(" | ") ?? "");
        row = null;
        break;
      case "inline":
        if (row) row.push(inlineText(token.children ?? []));
        else write(inlineText(token.children ?? []));
        break;
      case "paragraph_close":
        if (!token.hidden) gap = containers.length;
        break;
      case "heading_close":
      case "table_close":
        gap = containers.length;
        break;
      case "fence":
      case "code_block":
        write(token.content.trimEnd().replaceAll(/^/gm, "    "));
        gap = containers.length;
        break;
      case "hr":
        write("----------");
        gap = containers.length;
        break;
    }
  }
  return lines.join("\n");
}

function inlineText(tokens: Token[]): string {
  let text = "";
  const links: { address: string; from: number }[] = [];
  for (const token of tokens) {
    switch (token.type) {
      case "softbreak":
      case "hardbreak":
        text += "\n";
        break;
      case "link_open":
        links.push({ address: String(token.attrGet("href") ?? ""), from: text.length });
        break;
      case "link_close": {
        const link = links.pop();
        if (link) text += addressAfter(text.slice(link.from), link.address);
        break;
      }
      case "image":
        text += `[${token.content || (token.attrGet("src") ?? "")}]`;
        break;
      default:
        text += token.content;
    }
  }
  return text;
}

/** " (address)", unless the words are the address, or it is none that a person could follow. */
function addressAfter(words: string, address: string): string {
  if (!/^(?:https?|mailto):/i.test(address)) return "";
  const said = words.trim();
  const shown = address.replace(/^mailto:/i, "");
  const isSame = said === shown || sameAddress(said, address) || sameAddress(`http://${said}`, address);
  return isSame ? "" : ` (${shown})`;
}
