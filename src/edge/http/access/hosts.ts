import type { IncomingMessage } from "node:http";
import { isLoopbackName } from "#kit";
import { HttpError } from "../errors.ts";

export type HostOptions = {
  /** The address in the browser. */
  publicUrl: string;
  /** Further names that people use, each with or without a port; without one, any port. */
  hosts: readonly string[];
};

/** A name or an IPv4 address, or an IPv6 address in brackets, and a port (RFC 9112 section 3.2). */
const hostForm = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::(\d{1,5}))?$/i;
const loopbackAddress = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;

/** What proxies add on the way. Where one of them stands, the peer is a proxy and says nothing about the caller. */
const proxyHeaders = [
  "forwarded",
  "via",
  "x-forwarded-",
  "x-original-forwarded-",
  "x-envoy-",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-proxyuser-ip",
  "true-client-ip",
  "cf-",
  "fastly-",
  "fly-",
];

function isFromProxy(header: string): boolean {
  return proxyHeaders.some((name) => (name.endsWith("-") ? header.startsWith(name) : header === name));
}

type Host = { name: string; port: number | null };

function hostOf(text: string | undefined): Host | null {
  const [, name, port] = hostForm.exec(text ?? "") ?? [];
  if (name === undefined) return null;
  return { name: name.toLowerCase(), port: port === undefined ? null : Number(port) };
}

/** Whether a host name means the machine itself, whatever its port. */
function isLoopbackHost(host: string | undefined): boolean {
  return isLoopbackName(hostOf(host)?.name ?? "");
}

/**
 * Refuses names that are not ours: a page that lets its own name lead to this machine would otherwise be of one
 * origin with Galley (DNS rebinding). An address is ours too where the connection arrived at just that one, for an
 * address cannot be made to lead elsewhere. Throws `http.unknown_host` (421, RFC 9110 section 15.5.20).
 */
export function createHostCheck({ publicUrl, hosts }: HostOptions): (message: IncomingMessage) => void {
  const home = hostOf(new URL(publicUrl).host);
  const named = hosts.map(hostOf).filter((host) => host !== null);

  function isKnown({ name, port }: Host, { localAddress, localPort }: IncomingMessage["socket"]): boolean {
    // Without a listening socket, in tests, there is no port to compare with.
    const isOurPort = localPort === undefined || (port ?? 80) === localPort;
    if (isLoopbackName(name) && isOurPort) return true;
    if (name === home?.name && (!isLoopbackName(name) || port === home.port)) return true;
    if (named.some((host) => host.name === name && (host.port === null || host.port === port))) return true;
    const bare = name.replaceAll(/[[\]]/g, "");
    return isOurPort && localAddress !== undefined && bare === localAddress.replace(/^::ffff:/i, "");
  }

  return (message) => {
    const given = message.headers.host;
    const isRepeated = message.rawHeaders.filter((name) => /^host$/i.test(name)).length > 1;
    const host = hostOf(given);
    if (host !== null && !isRepeated && isKnown(host, message.socket)) return;
    throw new HttpError({
      code: "http.unknown_host",
      kind: "invalid",
      status: 421,
      message: `This Galley is at ${publicUrl}, not at ${given ?? "an address without a name"}. Open it there; if people use the other name too, whoever runs this server adds it to HOSTS.`,
    });
  };
}

/**
 * Whether a request was made on this machine: its peer and the name it asks for are loopback, and no proxy tells
 * that it stands between. A proxy that is silent would look like this machine, so nothing does where one is likely:
 * where people come by https, which Galley does not speak, or by any name that is not the machine's own.
 */
export function createOwnMachineCheck(publicUrl: string): (message: IncomingMessage) => boolean {
  const { protocol, host } = new URL(publicUrl);
  if (protocol === "https:" || !isLoopbackHost(host)) return () => false;
  return ({ headers, socket }) =>
    loopbackAddress.test(socket.remoteAddress ?? "") &&
    isLoopbackHost(headers.host) &&
    !Object.keys(headers).some(isFromProxy);
}

/**
 * Where somebody who opened the dashboard under another name of this machine is led: to the name that sessions and
 * platforms know. Null where they are there already, or where the name is one of its own.
 */
export function betterAddress(publicUrl: string, message: IncomingMessage): string | null {
  const home = new URL(publicUrl);
  const host = message.headers.host;
  const isSamePort = Number(home.port || 80) === message.socket.localPort;
  const isOther = host !== undefined && host.toLowerCase() !== home.host;
  if (!isSamePort || !isOther || !isLoopbackHost(host) || !isLoopbackHost(home.host)) return null;
  return home.origin + (message.url ?? "/");
}
