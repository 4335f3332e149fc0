import type { Socket } from "node:net";
import { connect } from "node:net";
import type { ResolvedAddress } from "./target.ts";

export type Dialled = {
  host: string;
  port: number;
  /** The checked addresses of `host`; nothing is resolved again. */
  addresses: readonly ResolvedAddress[];
  /** Milliseconds until the connection must stand. */
  timeoutMs: number;
  signal: AbortSignal;
};

/**
 * A TCP connection for a protocol that is not HTTP, as mail. Who calls has checked the addresses by the rules of
 * this module (`resolveHost`, `isPublic`). Rejects with the system's error, or with "timeout".
 */
export function dial({ host, port, addresses, timeoutMs, signal }: Dialled): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      signal,
      timeout: timeoutMs,
      autoSelectFamily: true,
      lookup: (_host, _options, callback) => callback(null, [...addresses]),
    });
    function fail(error: Error): void {
      socket.destroy();
      reject(error);
    }
    function onTimeout(): void {
      fail(new Error("timeout"));
    }
    socket.once("error", fail);
    socket.once("timeout", onTimeout);
    socket.once("connect", () => {
      socket.off("error", fail);
      socket.off("timeout", onTimeout);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}
