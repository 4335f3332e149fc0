import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readEventStream, type StreamMessage, type StreamOptions } from "./event-stream.ts";

// A server that answers as it is told, and the reader as a page runs it: by paths of its own server.

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const original = fetch;
  vi.stubGlobal("fetch", (path: string, options: RequestInit) =>
    original(new URL(path, `http://127.0.0.1:${port}`), options),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
});

async function read(given: Partial<StreamOptions> = {}): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  await readEventStream({
    workspaceId: "one",
    after: null,
    signal: new AbortController().signal,
    onMessage: (message) => messages.push(message),
    ...given,
  });
  return messages;
}

test("messages are read as they come in pieces, without what the server says to keep the line open", async () => {
  const pieces = [
    "retry: 2000\nid: 7\nev",
    "ent: open\ndata: {}\n\n: still here\n\nid: 8\nevent: post.created\nda",
    "ta: {}\n\n",
  ];
  answer = (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => {
      const piece = pieces.shift();
      if (piece !== undefined) return response.write(piece);
      clearInterval(timer);
      return response.end();
    }, 5);
  };
  expect(await read()).toEqual([
    { id: "7", kind: "open" },
    { id: "8", kind: "post.created" },
  ]);
});

test("it asks for its workspace, from behind what it has heard", async () => {
  const asked: IncomingMessage["headers"][] = [];
  answer = ({ headers }, response) => {
    asked.push(headers);
    response.end();
  };
  await read();
  await read({ after: "12" });
  expect(asked).toMatchObject([
    { "galley-workspace": "one" },
    { "galley-workspace": "one", "last-event-id": "12" },
  ]);
  expect(asked[0]).not.toHaveProperty("last-event-id");
});

test("a refusal is told as everywhere", async () => {
  answer = (_request, response) => {
    response.writeHead(401, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ code: "identity.not_signed_in", detail: "Sign in first." }));
  };
  await expect(read()).rejects.toMatchObject({ status: 401, code: "identity.not_signed_in" });
});

test("a connection that is silent for too long is given up, and one that is alive is not", async () => {
  answer = (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    let beats = 0;
    const timer = setInterval(() => {
      beats += 1;
      response.write(beats < 5 ? ": still here\n\n" : "id: 1\nevent: open\ndata: {}\n\n");
      if (beats === 5) clearInterval(timer);
    }, 60);
  };
  const messages: StreamMessage[] = [];
  await expect(
    read({ silentAfterMs: 200, onMessage: (message) => messages.push(message) }),
  ).rejects.toMatchObject({ name: "AbortError" });
  expect(messages).toEqual([{ id: "1", kind: "open" }]);
});
