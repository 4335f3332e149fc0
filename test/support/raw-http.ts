import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What came back on a bare socket; `status` is null where the connection was closed without an answer. */
export type RawAnswer = { status: number | null; head: string; body: string };

/** Sends bytes as they are and reads until the other side closes. */
export async function sendRaw(port: number, bytes: string, host = "127.0.0.1"): Promise<RawAnswer> {
  const socket = connect(port, host);
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (data: string) => (text += data));
  socket.on("error", () => undefined);
  socket.write(bytes, "latin1");
  await Promise.race([once(socket, "close"), pause(10_000, null, { ref: false })]);
  socket.destroy();
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  return { status: status === undefined ? null : Number(status), head, body: rest.join("\r\n\r\n") };
}

export type Listener = { port: number; seen: string[]; close: () => Promise<void> };

/** A server that writes down what it was asked for; it answers with `text`. */
export async function startListener(text: string): Promise<Listener> {
  const seen: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    response.end(text);
  }).listen(0, "127.0.0.1");
  // Whatever arrives counts, also what is no request.
  server.on("connection", (socket) => socket.on("error", () => undefined));
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
