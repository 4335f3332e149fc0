import type { ChildProcess } from "node:child_process";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

/** Waits until `name` answers on the port: `greets` says whether it speaks before it is spoken to. */
export async function untilListening(name: string, port: number, { greets = true } = {}): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      const end = (answered: boolean): void => {
        socket.destroy();
        resolve(answered);
      };
      socket.once(greets ? "data" : "connect", () => end(true));
      socket.once("error", () => end(false));
      socket.once("close", () => end(false));
      socket.setTimeout(2_000, () => end(false));
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`${name} did not start`);
}

/** Ends a process of one's own by its id, and waits for it. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  child.kill("SIGTERM");
  await ended;
}
