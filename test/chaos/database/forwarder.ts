import { once } from "node:events";
import { createServer, type Socket, connect } from "node:net";

/** A port behind which one server or another stands, as behind a proxy that knows which one is the primary. */
export type Forwarder = {
  port: number;
  /** Every connection ends; new ones go there. */
  to(port: number): void;
  /** From now on nothing passes, either way, and nobody is told: what is on its way is lost. */
  cut(): void;
  close(): Promise<void>;
};

const host = "127.0.0.1";

export async function startForwarder(target: number): Promise<Forwarder> {
  let at = target;
  let isCut = false;
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((client) => {
    const upstream = connect(at, host);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const [from, to] of [pair, pair.toReversed()] as [Socket, Socket][]) {
      from.setNoDelay(true);
      from.on("data", (bytes: Buffer) => {
        if (isCut || to.destroyed) return;
        // Who reads slowly is read from slowly.
        if (to.write(bytes)) return;
        from.pause();
        to.once("drain", () => from.resume());
      });
      from.on("error", () => undefined);
      from.on("close", () => {
        pairs.delete(pair);
        // What it said last is passed on.
        to.destroySoon();
      });
    }
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a port has a number");

  function endAll(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  }
  return {
    port: address.port,
    to: (port) => {
      at = port;
      isCut = false;
      endAll();
    },
    cut: () => {
      isCut = true;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      endAll();
      await closed;
    },
  };
}
