import type { AddressInfo, Socket } from "node:net";
import type { SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import { SMTPServer } from "smtp-server";
import { type MailFaultKind, mailFaultKinds, takeMailFault } from "./faults.ts";
import type { MailStore } from "./store.ts";

const mostBytes = 25_000_000;
const afterTheDot = mailFaultKinds.filter(
  (kind) => kind !== "refuse_connection" && kind !== "reject_recipient" && kind !== "defer_recipient",
);

/** A mail that was handed over, or kept from it, as `GET /control/requests` tells it; the last ten thousand. */
export type HandledMail = {
  at: string;
  from: string;
  to: string[];
  status: number | null;
  fault: MailFaultKind | null;
};
const mostRemembered = 10_000;

/** An SMTP server that keeps every mail and passes none on. It answers 250 only for what is on disk. */
export async function startSmtp(
  store: MailStore,
  at: { host: string; port: number },
): Promise<{ port: number; handled: readonly HandledMail[]; close(): Promise<void> }> {
  const handled: HandledMail[] = [];
  function remember(mail: Omit<HandledMail, "at">): void {
    handled.push({ at: new Date().toISOString(), ...mail });
    if (handled.length > mostRemembered) handled.shift();
  }

  const sockets = new Map<string, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    size: mostBytes,
    logger: false,
    banner: "Galley mail catcher",
    onRcptTo(address, session, callback) {
      const fault = takeMailFault(store, ["reject_recipient", "defer_recipient"]);
      const [status, words] =
        fault?.kind === "defer_recipient" ? [450, "Mail box busy"] : [550, "No such mail box"];
      if (fault) remember({ ...envelopeOf(session), to: [address.address], status, fault: fault.kind });
      callback(fault ? smtpError(status, words) : null);
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
    const fault = takeMailFault(store, afterTheDot);
    const { from, to } = envelopeOf(session);
    remember({ from, to, status: answerTo(fault?.kind), fault: fault?.kind ?? null });
    if (fault?.kind === "defer") return smtpError(451, "Try again later");
    if (fault?.kind === "reject") return smtpError(554, "Not this mail");
    if (fault?.kind === "drop_before_keep") return hangUp(session);
    const delayMs = fault?.delayMs ?? 0;
    await store.keep(
      Buffer.concat(chunks),
      { from, to },
      {
        commitMs: fault?.kind === "late_commit" ? delayMs : 0,
        listingMs: fault?.kind === "listing_lag" ? delayMs : 0,
        ghost: fault?.kind === "ghost_duplicate",
      },
    );
    if (fault?.kind === "lost_answer" || fault?.kind === "late_commit") return hangUp(session);
    if (fault?.kind === "cut_answer") return hangUp(session, "25");
    if (fault?.kind === "slow") {
      await new Promise((resolve) => {
        setTimeout(resolve, delayMs);
      });
    }
    return null;
  }

  // The library hands out no socket, so each is remembered by its remote port.
  server.server.prependListener("connection", (socket: Socket) => {
    // Ahead of the library's own listener, which greets.
    if (takeMailFault(store, ["refuse_connection"])) {
      remember({ from: "", to: [], status: null, fault: "refuse_connection" });
      socket.resetAndDestroy();
      return;
    }
    const key = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(key, socket);
    socket.once("close", () => sockets.delete(key));
  });

  /** `words`: what is still said, the beginning of an answer. The library's own goes nowhere any more. */
  async function hangUp(session: SMTPServerSession, words = ""): Promise<Error> {
    const socket = sockets.get(`${session.remoteAddress}:${session.remotePort}`);
    await new Promise<void>((resolve) => {
      if (words === "" || !socket) resolve();
      else socket.write(words, () => resolve());
    });
    socket?.resetAndDestroy();
    return smtpError(421, "Goodbye");
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    handled,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
      });
    },
  };
}

function envelopeOf({ envelope }: SMTPServerSession): { from: string; to: string[] } {
  const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
  return { from, to: envelope.rcptTo.map((recipient) => recipient.address) };
}

/** What is said to the final dot; null where the connection ends before a whole answer. */
function answerTo(fault: MailFaultKind | undefined): number | null {
  if (fault === "defer") return 451;
  if (fault === "reject") return 554;
  const ends = ["lost_answer", "cut_answer", "drop_before_keep", "late_commit"];
  return fault !== undefined && ends.includes(fault) ? null : 250;
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
