import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A Redis of the test's own, which can be killed. */
export type TestRedis = {
  url: string;
  /** SIGKILL, and gone when this returns. */
  kill(): Promise<void>;
  /** After `kill`: a new one, empty, at the same address. */
  restart(): Promise<void>;
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = createConnection({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Resolves when the program could not be started, or ended. */
function ended(child: ChildProcess): Promise<true> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(true));
    child.once("exit", () => resolve(true));
  });
}

type Running = { kill: () => Promise<void> };

async function run(port: number): Promise<Running | null> {
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", settings, { stdio: "ignore" });
  const gone = ended(child);
  while (!(await listens(port))) {
    if (await Promise.race([gone, pause(50, false)])) return null;
  }
  return {
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** Starts `redis-server`; null where it is not installed. */
export async function startRedis(): Promise<TestRedis | null> {
  const port = await freePort();
  let running = await run(port);
  if (!running) return null;
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: async () => running?.kill(),
    restart: async () => {
      running = await run(port);
      if (!running) throw new Error("redis-server did not start again");
    },
  };
}
