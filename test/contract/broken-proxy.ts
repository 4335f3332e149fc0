import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/**
 * - `pass`: carries bytes both ways
 * - `lose_answer`: carries the request; at the first byte of the answer the client's connection is reset
 * - `swallow`: takes the request and carries nothing, as a machine that died does
 */
export type ProxyMode = "pass" | "lose_answer" | "swallow";

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
    client.pipe(upstream);
    if (proxy.mode === "pass") upstream.pipe(client);
    else upstream.once("data", () => client.resetAndDestroy());
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
