import { parentPort, workerData } from "node:worker_threads";
import { cleaned } from "./cleaned.ts";
import type { ParseAnswer, ParsedText, ParseRequest } from "./parsed.ts";
import { ParseRefusal } from "./parsed.ts";

/** Each format loads its own parser and no other. */
async function parse(request: ParseRequest): Promise<ParsedText> {
  switch (request.kind) {
    case "html": {
      const { parseHtml } = await import("./html.ts");
      return parseHtml(request.text, request.url);
    }
    case "markdown": {
      const { parseMarkdown } = await import("./markdown.ts");
      return parseMarkdown(request.text);
    }
    case "brief": {
      const { parseBrief } = await import("./brief.ts");
      return parseBrief(request.text);
    }
    case "feed": {
      const { parseFeedItem } = await import("./feed.ts");
      return parseFeedItem(request.text, request.url, request.item);
    }
  }
}

/** What every kind of document needs once it is text. */
async function read(request: ParseRequest): Promise<ParsedText> {
  const parsed = cleaned(await parse(request));
  const { languageOf } = await import("./language.ts");
  return { ...parsed, language: await languageOf([parsed.title, ...parsed.paragraphs], parsed.language) };
}

async function answer(request: ParseRequest): Promise<ParseAnswer> {
  try {
    return { parsed: await read(request) };
  } catch (error) {
    if (error instanceof ParseRefusal) return { failure: error.failure, detail: error.message };
    // A RangeError is the stack overflowing on nested elements; the parsers throw nothing else on purpose.
    return { failure: "too_complex", detail: "" };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origins
parentPort?.postMessage(await answer(workerData as ParseRequest));
