import { parentPort } from "node:worker_threads";
import { readLanguage } from "#platform/language";
import { renderMarkdown } from "./markdown.ts";
import { mostHtml, type WorkerAnswer } from "./renderer.ts";

// What people wrote is parsed in here: a thread with little memory, which can be ended.

parentPort?.on("message", (source: string) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void answerTo(source).then((answer) => parentPort?.postMessage(answer));
});

async function answerTo(source: string): Promise<WorkerAnswer> {
  try {
    const { html, text } = renderMarkdown(source);
    if (html.length > mostHtml) return { problem: "too_large" };
    return { html, text, language: await languageOf(text) };
  } catch (error) {
    return error instanceof RangeError ? { problem: "too_deep" } : { problem: "broken" };
  }
}

/** Bytes of UTF-8, about six words: names and products alone look like a language that nobody wrote in. */
const fewest = 30;

/** Null where a text is too short to tell. */
async function languageOf(text: string): Promise<string | null> {
  const read = await readLanguage(text);
  return read === null || read.bytes < fewest ? null : read.language;
}
