import { connect, createServer, type Socket } from "node:net";

export type Gate = {
  /** The target's address, by way of the gate. */
  url: string;
  shut: () => void;
  open: () => void;
  close: () => Promise<void>;
};

/** A way to PostgreSQL that can be shut: open connections break and new ones are dropped. */
export async function openGate(target: URL): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inner) => {
    if (!isOpen) {
      inner.destroy();
      return;
    }
    const outer = connectTo(target);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    inner.pipe(outer).pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  url.searchParams.delete("host");
  const shut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    shut,
    open: () => {
      isOpen = true;
    },
    close: () => {
      shut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** By TCP, or by the socket in the folder that the parameter `host` names, as libpq does. */
function connectTo(target: URL): Socket {
  const folder = target.searchParams.get("host");
  const port = target.port || "5432";
  return folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(Number(port), target.hostname);
}
