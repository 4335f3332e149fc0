import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isPublic } from "./addresses.ts";
import { EgressError } from "./error.ts";

export type ResolvedAddress = { address: string; family: 4 | 6 };

/** A destination whose every address has passed the rules; nothing is resolved again after this. */
export type Target = {
  url: URL;
  /** Host name or canonical IP literal, without brackets. */
  hostname: string;
  port: number;
  addresses: ResolvedAddress[];
  /** True where the configuration allows this origin whatever its address. */
  exempt: boolean;
};

export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

/** Ports above 1023 on which other protocols than HTTP listen: https://fetch.spec.whatwg.org/#port-blocking */
const otherProtocols = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10_080,
]);

/** Every address of a host, in the order of the system's resolver. */
export async function resolveHost(hostname: string): Promise<ResolvedAddress[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

/** Reads a URL, or says in plain words why Galley does not connect to it. */
export function parseTarget(text: string): URL {
  const url = URL.parse(text);
  if (!url) throw new EgressError("invalid_url", "before", `"${clip(text)}" is not a web address.`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new EgressError(
      "scheme",
      "before",
      `Only http and https addresses can be read, not "${url.protocol}".`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new EgressError(
      "credentials_in_url",
      "before",
      "The address holds a user name or password; remove the part before the @ sign.",
    );
  }
  return url;
}

/**
 * Resolves the host once and checks every address. One private address among public ones refuses the
 * whole host: that mixture is how DNS rebinding looks.
 */
export async function resolveTarget(
  url: URL,
  allowedOrigins: ReadonlySet<string>,
  resolve: Resolve,
): Promise<Target> {
  const hostname = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const exempt = allowedOrigins.has(url.origin);
  if (!exempt && !isSanePort(port)) {
    throw new EgressError("port", "before", `Port ${port} is not a port for web pages.`);
  }
  const addresses = await addressesOf(hostname, resolve);
  if (!exempt && !addresses.every(({ address }) => isPublic(address))) throw privateAddress(hostname);
  return { url, hostname, port, addresses, exempt };
}

export function privateAddress(hostname: string): EgressError {
  return new EgressError(
    "private_address",
    "before",
    `${hostname} is an address inside a private network; Galley connects only to public addresses. ` +
      "If this is a server of your own, add its origin to EGRESS_ALLOW_ORIGINS.",
  );
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<ResolvedAddress[]> {
  // URL parsing has already turned decimal, octal and hexadecimal forms into the canonical literal.
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family: family === 6 ? 6 : 4 }];
  let found: ResolvedAddress[];
  try {
    found = await resolve(hostname);
  } catch (error) {
    throw unknownHost(hostname, error);
  }
  if (found.length === 0) throw unknownHost(hostname);
  return found;
}

function unknownHost(hostname: string, cause?: unknown): EgressError {
  return new EgressError("dns", "before", `The host ${hostname} cannot be found; check its spelling.`, cause);
}

function isSanePort(port: number): boolean {
  return port === 80 || port === 443 || (port >= 1024 && !otherProtocols.has(port));
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
