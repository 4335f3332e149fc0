import { Worker } from "node:worker_threads";
import { DeskError } from "../model/errors.ts";
import type { PdfFinding } from "./pdf-actions.ts";

/** What is known of a video or document without changing it. */
export type LargeFileFacts = {
  /** As it is shown; 0 for a document. */
  width: number;
  height: number;
  durationMs: number | null;
  pages: number | null;
};

export type LargeFileAnswer =
  | LargeFileFacts
  | {
      problem: "broken" | "no_picture" | "no_pages" | PdfFinding;
      cause?: string;
    };

export type LargeFileLimits = {
  video: { maxBytes: number; maxMs: number };
  document: { maxBytes: number; maxPages: number };
};

/** Kept as they came: they cannot be encoded anew here. Their magic bytes decide, never their name. */
export const largeFileTypes: ReadonlySet<string> = new Set([
  "video/mp4",
  "video/quicktime",
  "application/pdf",
]);

/** A parser that needs longer than this is being led around. */
const longestMs = 30_000;

/**
 * Reads length, size and pages of a stored MP4, MOV or PDF, in a thread of its own with bounded memory and
 * time, and refuses what is broken, locked or carries more than it shows.
 *
 * @throws DeskError `desk.video_*`, `desk.document_*`
 */
export async function inspectLargeFile(
  file: { path: string; bytes: number; mimeType: string },
  limits: LargeFileLimits,
): Promise<LargeFileFacts> {
  const kind = file.mimeType === "application/pdf" ? "document" : "video";
  const answer = await askWorker(file);
  if ("problem" in answer) throw refused(kind, answer.problem, answer.cause);
  const { maxMs } = limits.video;
  if ((answer.durationMs ?? 0) > maxMs) {
    const message = `This video plays ${seconds(answer.durationMs ?? 0)} seconds; at most ${seconds(maxMs)} are accepted. Cut it shorter.`;
    throw unacceptable("desk.video_length", message);
  }
  const { maxPages } = limits.document;
  if ((answer.pages ?? 0) > maxPages) {
    const message = `This document has ${answer.pages} pages; at most ${maxPages} are accepted.`;
    throw unacceptable("desk.document_pages", message);
  }
  return answer;
}

function askWorker(file: { path: string; bytes: number; mimeType: string }): Promise<LargeFileAnswer> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./large-file.worker.ts", import.meta.url), {
      workerData: file,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32 },
    });
    const broken = (cause: string): void => resolve({ problem: "broken", cause });
    const timer = setTimeout(() => {
      broken(`not read within ${longestMs} ms`);
      void worker.terminate();
    }, longestMs);
    worker.once("message", (answer: LargeFileAnswer) => {
      resolve(answer);
      void worker.terminate();
    });
    // Also when its memory is used up: that ends the thread and no more.
    worker.once("error", (error) => broken(String(error)));
    worker.once("exit", () => {
      clearTimeout(timer);
      broken("ended without an answer");
    });
  });
}

const reasons: Record<string, string> = {
  no_picture: "This file holds no video that plays; export it again as MP4 with H.264.",
  no_pages: "This document has no pages.",
  encrypted: "This document is locked with a password or against copying; export it without protection.",
  scripts: "This document carries scripts; print it to PDF again, which leaves them out.",
  actions:
    "This document does more than show its pages: it opens files or addresses, sends a form or plays media. Print it to PDF again, which leaves that out.",
  attachments: "This document carries other files inside; print it to PDF again, which leaves them out.",
};

function refused(kind: "video" | "document", problem: string, cause: string | undefined): DeskError {
  const code = `desk.${kind}_${problem}`;
  const message =
    reasons[problem] ?? `This ${kind} is damaged or cut off; export it again and upload it once more.`;
  return unacceptable(code, message, cause);
}

function unacceptable(code: string, message: string, cause?: string): DeskError {
  return new DeskError({
    code,
    kind: "unprocessable",
    message,
    problems: [{ path: "/file", code, message }],
    ...(cause === undefined ? {} : { cause }),
  });
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
