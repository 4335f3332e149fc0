import { connect as connectTcp } from "node:net";
import type { LookupFunction, Socket, TcpNetConnectOpts } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { connect as connectTls } from "node:tls";
import { isPublic } from "./addresses.ts";
import { EgressError } from "./error.ts";
import type { Target } from "./target.ts";
import { privateAddress } from "./target.ts";

/**
 * Opens one socket to one of the target's checked addresses, through TLS where the URL says so, and
 * checks the address that it really reached. Whatever fails in here, no byte of a request has left.
 */
export async function openSocket(target: Target, signal: AbortSignal): Promise<Socket> {
  const secure = target.url.protocol === "https:";
  const socket = secure ? startTls(target) : startTcp(target);
  // Between here and the HTTP client's own listeners an error must not end the process.
  socket.on("error", () => {});
  await ready(socket, secure ? "secureConnect" : "connect", target, signal);
  const reached = socket.remoteAddress;
  if (!target.exempt && (reached === undefined || !isPublic(reached))) {
    socket.destroy();
    if (reached !== undefined) throw privateAddress(target.hostname);
    throw new EgressError("connect", "before", `${target.hostname} closed the connection at once.`);
  }
  return socket;
}

/** Answers from the addresses that were checked, so that no second resolution can differ. */
function pinned(target: Target): LookupFunction {
  return (_hostname, _options, callback) => {
    callback(null, target.addresses);
  };
}

function startTcp(target: Target): Socket {
  return connectTcp({
    host: target.hostname,
    port: target.port,
    lookup: pinned(target),
    autoSelectFamily: true,
    noDelay: true,
  });
}

function startTls(target: Target): Socket {
  const options: ConnectionOptions & TcpNetConnectOpts = {
    host: target.hostname,
    port: target.port,
    lookup: pinned(target),
    autoSelectFamily: true,
    ALPNProtocols: ["http/1.1"],
    // A literal address has no server name (RFC 6066 section 3).
    ...(target.addresses[0]?.address === target.hostname ? {} : { servername: target.hostname }),
  };
  return connectTls(options).setNoDelay(true);
}

function ready(socket: Socket, event: string, target: Target, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let connected = false;
    function done(): void {
      socket.off("connect", onConnect);
      socket.off(event, onReady);
      socket.off("error", onError);
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    }
    function onConnect(): void {
      connected = true;
    }
    function onReady(): void {
      done();
      resolve();
    }
    function fail(error: unknown): void {
      done();
      socket.destroy();
      reject(connectError(target, connected, error));
    }
    function onError(error: Error): void {
      fail(error);
    }
    function onClose(): void {
      fail(new Error("the connection was closed"));
    }
    function onAbort(): void {
      fail(signal.reason);
    }
    socket.once("connect", onConnect);
    socket.once(event, onReady);
    socket.once("error", onError);
    socket.once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function connectError(target: Target, connected: boolean, error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  const host = `${target.hostname}:${target.port}`;
  // TCP stands but TLS did not come up: certificate, protocol, or no TLS there at all.
  if (connected) {
    const message = `No secure connection to ${host}: ${detail(error)}.`;
    return new EgressError("tls", "before", message, error);
  }
  return new EgressError(
    "connect",
    "before",
    `${host} does not accept connections: ${detail(error)}.`,
    error,
  );
}

function detail(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return detail(error.errors[0]);
  return error instanceof Error && error.message !== "" ? error.message : "unknown error";
}
