import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/**
 * - `pass`: carries bytes both ways
 * - `lose_answer`: carries the request; at the first byte of the answer the client's connection is reset
 * - `loseAnswerAfter`: carries both ways until the client has sent that text, then as `lose_answer`
 * - `swallow`: takes the request and carries nothing, as a machine that died does
 */
type ProxyMode = "pass" | "lose_answer" | "swallow" | { loseAnswerAfter: string };

export type BrokenProxy = { port: number; mode: ProxyMode; close(): Promise<void> };

/** A TCP proxy in front of a real server, for the failures that the server itself cannot be told to have. */
export async function startBrokenProxy(target: { host: string; port: number }): Promise<BrokenProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on("close", () => sockets.delete(client));
    client.on("error", () => client.destroy());
    if (proxy.mode === "swallow") {
      client.resume();
      return;
    }
    const upstream = connect(target.port, target.host);
    sockets.add(upstream);
    upstream.on("close", () => sockets.delete(upstream));
    upstream.on("error", () => client.destroy());
    // After a reset the server must not wait for the rest of a sentence.
    client.on("close", () => upstream.destroy());
    client.pipe(upstream);
    carryAnswers(proxy.mode, client, upstream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const proxy: BrokenProxy = {
    port: (server.address() as AddressInfo).port,
    mode: "pass",
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return proxy;
}

function carryAnswers(mode: ProxyMode, client: Socket, upstream: Socket): void {
  if (mode === "pass") {
    upstream.pipe(client);
    return;
  }
  const marker = typeof mode === "object" ? mode.loseAnswerAfter : "";
  let sent = "";
  client.on("data", (chunk: Buffer) => {
    sent += chunk.toString("latin1");
  });
  upstream.on("data", (chunk: Buffer) => {
    if (sent.includes(marker)) client.resetAndDestroy();
    else client.write(chunk);
  });
}
