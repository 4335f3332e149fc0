import { parentPort, workerData } from "node:worker_threads";
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
    case "feed": {
      const { parseFeedItem } = await import("./feed.ts");
      return parseFeedItem(request.text, request.url, request.item);
    }
  }
}

async function answer(request: ParseRequest): Promise<ParseAnswer> {
  try {
    return { parsed: await parse(request) };
  } catch (error) {
    if (error instanceof ParseRefusal) return { failure: error.failure, detail: error.message };
    // A RangeError is the stack overflowing on nested elements; the parsers throw nothing else on purpose.
    return { failure: "too_complex", detail: "" };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origins
parentPort?.postMessage(await answer(workerData as ParseRequest));
