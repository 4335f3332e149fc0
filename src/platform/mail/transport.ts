import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { SMTPEnvelope } from "nodemailer/lib/smtp-connection";
import { isOver, oneLine } from "#kit";
import { compose, malformation } from "./compose.ts";
import { openSocket, Unreachable } from "./socket.ts";
import type {
  MailFailure,
  MailMessage,
  MailOutcome,
  MailServer,
  MailTransport,
  RecipientAnswer,
} from "./types.ts";

/**
 * Sends mail: one connection and one attempt per message, no pool, no retry. Every outcome says whether
 * the final dot had left, for after it nobody can tell silence from success.
 *
 * `allowServers`: `host:port` of servers that the configuration trusts (the built-in catcher, a relay in
 * the own network); all others must be public and speak TLS. `trust`: further certificate authorities, PEM.
 */
export function createMailTransport(options: { allowServers: string[]; trust?: string }): MailTransport {
  const allowed = new Set(options.allowServers);

  async function session(server: MailServer, signal: AbortSignal, work: Work): Promise<MailOutcome> {
    const progress: Progress = { dotSent: false, notTaken: [] };
    try {
      // Loaded with the first mail, and before there is a socket that somebody has to listen to.
      const { default: Connection } = await import("nodemailer/lib/smtp-connection");
      const socket = await openSocket(server, allowed, signal);
      return await converse({ Connection, server, socket, signal, progress, work, trust: options.trust });
    } catch (error) {
      return failureOf(server, error, progress);
    }
  }

  return {
    async send(server, message, signal) {
      const wrong = malformation(message);
      if (wrong) return wrong;
      const bytes = await compose(message);
      return session(server, signal, (connection, progress) =>
        transmit(connection, { message, bytes, signal }, progress),
      );
    },
    verify(server, signal) {
      return session(server, signal, async () => ({
        kind: "accepted",
        response: "",
        refused: [],
        deferred: [],
      }));
    },
  };
}

/** `notTaken`: what the server has said to recipients that it did not take, in the library's form. */
type Progress = { dotSent: boolean; notTaken: readonly unknown[] };
type Work = (connection: SMTPConnection, progress: Progress) => Promise<MailOutcome>;

const silenceMs = 120_000;

type Conversation = {
  Connection: typeof SMTPConnection;
  server: MailServer;
  socket: Socket;
  signal: AbortSignal;
  progress: Progress;
  work: Work;
  trust: string | undefined;
};

function converse(conversation: Conversation): Promise<MailOutcome> {
  const { Connection, server, socket, signal, progress, work, trust } = conversation;
  const connection = new Connection({
    connection: socket,
    host: server.host,
    port: server.port,
    secure: server.tls === "implicit",
    requireTLS: server.tls === "starttls",
    ignoreTLS: server.tls === "none",
    greetingTimeout: 30_000,
    socketTimeout: silenceMs,
    tls: { minVersion: "TLSv1.2", ...(trust === undefined ? {} : { ca: trust }) },
  });
  return new Promise<MailOutcome>((resolve, reject) => {
    function abort(): void {
      reject(new Error("The deadline passed."));
    }
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    connection.on("error", reject);
    connection.on("end", () => reject(new Error("The server closed the connection.")));
    connection.connect(() => {
      signIn(connection, server)
        .then(() => work(connection, progress))
        .then(resolve, reject);
    });
  }).finally(() => {
    // Whatever came, the answer stands; a late error of a closing socket changes nothing.
    connection.on("error", () => {});
    connection.close();
    socket.destroy();
  });
}

async function signIn(connection: SMTPConnection, server: MailServer): Promise<void> {
  const { username, password } = server;
  if (username === null || password === null) return;
  await new Promise<void>((resolve, reject) => {
    connection.login({ credentials: { user: username, pass: password } }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** The message, unless its time is over when the server asks for it: this process may have stood still meanwhile. */
function inTime(bytes: Buffer, signal: AbortSignal): Readable {
  function* content(): Generator<Buffer> {
    if (isOver(signal)) throw new Error("There was no time left to send it.");
    yield bytes;
  }
  return Readable.from(content());
}

function transmit(
  connection: SMTPConnection,
  { message, bytes, signal }: { message: MailMessage; bytes: Buffer; signal: AbortSignal },
  progress: Progress,
): Promise<MailOutcome> {
  const content = inTime(bytes, signal);
  // Read to its end, the message is on its way with its final dot behind it.
  content.once("end", () => {
    progress.dotSent = true;
    // The library keeps them with the envelope, and gives them out only with an answer to the dot.
    progress.notTaken = envelope.rejectedErrors ?? [];
  });
  const envelope: SMTPEnvelope & { rejectedErrors?: unknown[] } = {
    from: message.from.address,
    to: message.to,
    size: bytes.length,
  };
  return new Promise((resolve, reject) => {
    content.once("error", reject);
    connection.send(envelope, content, (error, info) => {
      if (error) reject(error);
      else
        resolve({
          kind: "accepted",
          response: oneLine(info?.response ?? ""),
          ...recipientsOf(info?.rejectedErrors),
        });
    });
  });
}

/** Recipients that were not taken, apart by whether they may be later. Without a code they may. */
function recipientsOf(errors: readonly unknown[] = []): Record<"refused" | "deferred", RecipientAnswer[]> {
  const answers = errors.map((error) => {
    const { recipient, responseCode, response } = smtpError(error);
    const code = responseCode ?? 450;
    return { address: recipient, code: String(code), message: response ?? "no reason given" };
  });
  return {
    refused: answers.filter(({ code }) => code.startsWith("5")),
    deferred: answers.filter(({ code }) => !code.startsWith("5")),
  };
}

type SmtpError = {
  recipient: string;
  /** Of each recipient, where all of them were refused. */
  each: readonly unknown[];
  code: string;
  originalCode: string;
  command: string;
  responseCode: number | null;
  response: string | null;
};

function smtpError(error: unknown): SmtpError {
  const fields: Partial<Record<string, unknown>> =
    typeof error === "object" && error !== null ? { ...error } : {};
  return {
    recipient: typeof fields["recipient"] === "string" ? fields["recipient"] : "",
    each: Array.isArray(fields["rejectedErrors"]) ? fields["rejectedErrors"] : [],
    code: typeof fields["code"] === "string" ? fields["code"] : "",
    originalCode: typeof fields["originalCode"] === "string" ? fields["originalCode"] : "",
    command: typeof fields["command"] === "string" ? fields["command"] : "",
    responseCode: typeof fields["responseCode"] === "number" ? fields["responseCode"] : null,
    response: typeof fields["response"] === "string" ? oneLine(fields["response"].slice(0, 500)) : null,
  };
}

function failureOf(server: MailServer, error: unknown, progress: Progress): MailFailure {
  if (error instanceof Unreachable) return error.failure;
  const { code, originalCode, command, responseCode, response, each } = smtpError(error);
  function failed(verdict: MailFailure["verdict"], reason: string, message: string): MailFailure {
    return { kind: "failed", verdict, code: `mail.${reason}`, message, evidence: response };
  }
  const said = response ?? "no reason given";
  // Only the reply to the dot itself is an answer; "421 shutting down" from a closing connection is not.
  const answered =
    responseCode !== null && (!progress.dotSent || (code === "EMESSAGE" && command === "DATA"));
  if (progress.dotSent && !answered) {
    const { refused, deferred } = recipientsOf(progress.notTaken);
    const message = "The mail was handed over, but the server's answer was lost.";
    return { ...failed("unknown", "answer_lost", message), refused: [...refused, ...deferred] };
  }
  if (code === "EAUTH") {
    return responseCode !== null && responseCode < 500
      ? failed("throttled", "sign_in_deferred", `${server.host} refuses the sign-in for now: ${said}`)
      : failed(
          "unauthorized",
          "sign_in_refused",
          `${server.host} refuses this user name and password: ${said}`,
        );
  }
  if (code === "ETLS" || /CERT|_TLS_|_SSL_/.test(originalCode))
    return failed("not_sent", "tls", `No safe connection to ${server.host} could be made.`);
  // Where all are refused the library tells of one; a single one who may be taken later makes it worth another try.
  if (answered && code === "EENVELOPE" && recipientsOf(each).deferred.length > 0) {
    return failed("throttled", "deferred", `${server.host} refuses the mail for now: ${said}`);
  }
  if (answered && /^(?:MAIL FROM|RCPT TO|DATA)/.test(command)) {
    return responseCode >= 500
      ? failed("rejected", "rejected", `${server.host} refused the mail: ${said}`)
      : failed("throttled", "deferred", `${server.host} refuses the mail for now: ${said}`);
  }
  return failed(
    "not_sent",
    "connection",
    `The connection to ${server.host} ended before the mail was handed over.`,
  );
}
