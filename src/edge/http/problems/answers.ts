import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { newId } from "#kit";
import { HttpError } from "../errors.ts";
import { pagePolicy, problemPage, wantsPage } from "./problem-page.ts";
import { problemOf } from "./problems.ts";
import { challengeOf } from "./security-notes.ts";

/**
 * Every error leaves as a problem document, or as a page in words where a person looks at it; what we did not expect
 * goes to the log with its cause. `home`: where the page leads to; `note`: is told of each, and keeps none waiting.
 */
export function createProblemAnswer(home: string, note: (error: unknown, request: FastifyRequest) => void) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { document, retryAfterSeconds, expected } = problemOf(error, request.id);
    if (!expected) request.log.error({ err: error }, "a request failed");
    else if (document.status === 503) request.log.warn({ err: error }, "a request could not be served");
    note(error, request);
    if (retryAfterSeconds !== null) reply.header("retry-after", retryAfterSeconds);
    if (document.status === 401) reply.header("www-authenticate", challengeOf(request));
    const isPage = wantsPage(request);
    if (isPage) reply.header("content-security-policy", pagePolicy);
    return reply
      .code(document.status)
      .headers({
        "cache-control": "no-store",
        vary: "accept, sec-fetch-mode",
        // An address that no route can read gets here without the hooks that set these.
        "x-request-id": request.id,
        "x-content-type-options": "nosniff",
      })
      .type(isPage ? "text/html; charset=utf-8" : "application/problem+json")
      .serializer(String)
      .send(isPage ? problemPage(document, home) : JSON.stringify(document));
  };
}

const unreadable: Record<string, { status: number; message: string }> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: "The request did not arrive in time; send it again." },
  HPE_HEADER_OVERFLOW: { status: 431, message: "The headers of this request are too large." },
};

/** Answers what the parser could not read, on the bare socket, and closes it. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, message } = unreadable[error.code ?? ""] ?? {
    status: 400,
    message: "This is not a request that Galley can read (HTTP/1.1).",
  };
  const problem = new HttpError({ code: "http.unreadable", kind: "invalid", status, message });
  const { document } = problemOf(problem, newId());
  const body = JSON.stringify(document);
  const lines = [
    `HTTP/1.1 ${status} ${document.title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
