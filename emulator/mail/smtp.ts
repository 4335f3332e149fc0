import type { AddressInfo, Socket } from "node:net";
import type { SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import { SMTPServer } from "smtp-server";
import { takeMailFault } from "./faults.ts";
import type { MailStore } from "./store.ts";

const mostBytes = 25_000_000;

/** An SMTP server that keeps every mail and passes none on. It answers 250 only for what is on disk. */
export async function startSmtp(
  store: MailStore,
  at: { host: string; port: number },
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Map<string, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    size: mostBytes,
    logger: false,
    banner: "Galley mail catcher",
    onRcptTo(_address, _session, callback) {
      const fault = takeMailFault(store, ["reject_recipient"]);
      callback(fault ? smtpError(550, "No such mail box") : null);
    },
    onData(stream, session, callback) {
      void receive(stream, session, callback);
    },
  });
  server.on("error", () => {
    // A client that goes away in mid-sentence is part of this server's life.
  });

  async function receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error: Error | null) => void,
  ): Promise<void> {
    let outcome: Error | null;
    try {
      outcome = await take(stream, session);
    } catch (error) {
      outcome = smtpError(451, String(error));
    }
    callback(outcome);
  }

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Error | null> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    if (stream.sizeExceeded) return smtpError(552, `A mail has at most ${mostBytes} bytes`);
    const fault = takeMailFault(store, ["lost_answer", "drop_before_keep", "defer", "reject", "slow"]);
    if (fault?.kind === "defer") return smtpError(451, "Try again later");
    if (fault?.kind === "reject") return smtpError(554, "Not this mail");
    if (fault?.kind === "drop_before_keep") return hangUp(session);
    const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
    const to = session.envelope.rcptTo.map((recipient) => recipient.address);
    await store.keep(Buffer.concat(chunks), { from, to });
    if (fault?.kind === "lost_answer") return hangUp(session);
    if (fault?.kind === "slow") {
      await new Promise((resolve) => {
        setTimeout(resolve, fault.delayMs);
      });
    }
    return null;
  }

  // The library hands out no socket, so each is remembered by its remote port.
  server.server.on("connection", (socket: Socket) => {
    const key = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(key, socket);
    socket.once("close", () => sockets.delete(key));
  });

  function hangUp(session: SMTPServerSession): Error {
    sockets.get(`${session.remoteAddress}:${session.remotePort}`)?.resetAndDestroy();
    return smtpError(421, "Goodbye");
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
      });
    },
  };
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
