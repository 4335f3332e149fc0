import { Worker } from "node:worker_threads";
import { watchWork } from "#platform/threads";
import { AgentError } from "../error.ts";
import type { ParseAnswer, ParsedText, ParseFailure, ParseRequest } from "./parsed.ts";

/** A long essay takes about 300 ms, most of them for loading parsers. */
const limits = { processorMs: 10_000, clockMs: 120_000 };

/**
 * Parses a document in a thread of its own, so that a hostile one costs its own time and memory and not
 * those of the server: the thread is ended after ten seconds of processor time, at 256 MB, or with `signal`. The parsers
 * are loaded there too, and leave memory with it.
 *
 * @throws AgentError when nothing readable is found or a limit is reached
 */
export async function parseSource(request: ParseRequest, signal: AbortSignal): Promise<ParsedText> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("parse.worker.ts", import.meta.url), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 4 },
    // Warnings of a parser about somebody's page are no news for our log.
    stdout: true,
    stderr: true,
  });
  let answer: ParseAnswer;
  try {
    answer = await answerOf(worker, signal);
  } finally {
    await worker.terminate();
  }
  if ("failure" in answer) throw refusal(answer.failure, answer.detail);
  if (answer.parsed.paragraphs.length === 0) throw refusal("empty", "");
  return answer.parsed;
}

async function answerOf(worker: Worker, signal: AbortSignal): Promise<ParseAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ParseAnswer>();
  const unwatch = watchWork(worker, limits, () => resolve({ failure: "too_complex", detail: "" }));
  function onAbort(): void {
    reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
  }
  signal.addEventListener("abort", onAbort, { once: true });
  worker.once("message", (answer: ParseAnswer) => resolve(answer));
  // Out of memory ends the thread with an error; a stack overflow inside it is caught there.
  worker.once("error", () => resolve({ failure: "too_complex", detail: "" }));
  worker.once("exit", () => resolve({ failure: "too_complex", detail: "" }));
  try {
    return await promise;
  } finally {
    unwatch();
    signal.removeEventListener("abort", onAbort);
  }
}

/** What the person is told where a document gave no text. */
export function refusal(failure: ParseFailure, detail: string): AgentError {
  const messages: Record<ParseFailure, string> = {
    empty:
      "There is no readable text here. If the page shows its text only after signing in or by script, paste the text instead.",
    too_complex:
      "This document is too deeply nested or too large to read safely; paste the text of the article instead.",
    not_a_feed:
      "This address does not hold an RSS, Atom or JSON feed; give the address of the feed, or read the page as a web page.",
    bot_wall:
      "This site shows Galley a check for robots instead of the page. Open the page in your browser and paste its text.",
    consent_wall:
      "This site asks about cookies before it shows the page. Open the page in your browser, agree or refuse, and paste its text.",
    sign_in_wall:
      "This page is only for people who are signed in there. Open it in your browser and paste its text.",
    script_wall:
      "This page shows its text only where scripts run. Open it in your browser and paste its text.",
    paywall:
      "This text is for subscribers, and Galley sees only its beginning. If you may use it, paste the text.",
    no_such_item: `The feed has no entry "${detail}"; name one by its id, link or title, or leave it out for the newest.`,
  };
  const kind = failure === "no_such_item" ? "not_found" : "unprocessable";
  return new AgentError({ code: `agent.source_${failure}`, kind, message: messages[failure] });
}
