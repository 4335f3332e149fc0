import type { Socket } from "node:net";
import { dial, isPublic, type ResolvedAddress, resolveHost } from "#platform/http-client";
import type { MailFailure, MailServer } from "./types.ts";

const mailPorts = new Set([25, 465, 587, 2465, 2525, 2587]);
const connectMs = 15_000;

/** Why a mail server cannot be reached; thrown only inside this module. */
export class Unreachable extends Error {
  readonly failure: MailFailure;

  constructor(code: string, message: string, verdict: MailFailure["verdict"] = "not_sent") {
    super(message);
    this.failure = { kind: "failed", verdict, code, message, evidence: null };
  }
}

/**
 * A fresh TCP connection to a mail server, by the same rules as HTTP: the name is resolved once, every
 * address must be public, and the connection goes to just those. `allowed` are `host:port` of servers
 * that the configuration names: those may be private, on any port, and without TLS.
 */
export async function openSocket(
  server: MailServer,
  allowed: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Socket> {
  const exempt = allowed.has(`${server.host}:${server.port}`);
  if (!exempt && server.tls === "none") {
    throw new Unreachable("mail.tls_required", `${server.host} must be used with TLS.`, "rejected");
  }
  if (!exempt && !mailPorts.has(server.port)) {
    throw new Unreachable("mail.bad_port", `Port ${server.port} is not a port for mail.`, "rejected");
  }
  const addresses = await addressesOf(server.host);
  if (!exempt && !addresses.every(({ address }) => isPublic(address))) {
    throw new Unreachable("mail.private_address", `${server.host} is inside a private network.`, "rejected");
  }
  const { host, port } = server;
  return dial({ host, port, addresses, timeoutMs: connectMs, signal }).catch(() => {
    throw new Unreachable("mail.unreachable", `The mail server ${host}:${port} does not answer.`);
  });
}

async function addressesOf(host: string): Promise<ResolvedAddress[]> {
  try {
    return await resolveHost(host);
  } catch {
    throw new Unreachable(
      "mail.unknown_host",
      `The mail server ${host} cannot be found; check its spelling.`,
    );
  }
}
