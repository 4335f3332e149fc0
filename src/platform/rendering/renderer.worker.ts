import { parentPort } from "node:worker_threads";
import { languageOf } from "./language.ts";
import { renderMarkdown } from "./markdown.ts";
import { mostHtml, type WorkerAnswer } from "./renderer.ts";

// What people wrote is parsed in here: a thread with little memory, which can be ended.

parentPort?.on("message", (source: string) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answerTo(source));
});

function answerTo(source: string): WorkerAnswer {
  try {
    const { html, text } = renderMarkdown(source);
    if (html.length > mostHtml) return { problem: "too_large" };
    return { html, text, language: languageOf(text) };
  } catch (error) {
    return error instanceof RangeError ? { problem: "too_deep" } : { problem: "broken" };
  }
}
