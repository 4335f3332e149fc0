import ipaddr from "ipaddr.js";
import { z } from "zod";

/** Names of networks, as people say them; what `proxy-addr` calls them. */
const networks: Record<string, string> = { loopback: "loopback", private: "uniquelocal" };

function isNetwork(text: string): boolean {
  if (text in networks) return true;
  const [address = "", ...bits] = text.split("/");
  // The parser alone would take "1" for an address.
  const isAddress =
    ipaddr.IPv4.isValidFourPartDecimal(address) || (ipaddr.IPv6.isValid(address) && !text.includes("%"));
  return isAddress && (bits.length === 0 || ipaddr.isValidCIDR(text));
}

/**
 * Whose word about the client is believed: so many proxies in front, or proxies in these networks. That a proxy is
 * there at all (`on`) says too little: the first address of `X-Forwarded-For` is whatever a client wrote there.
 */
export const trustedProxies = z
  .string()
  .transform((text, context): false | number | string[] => {
    if (/^(?:off|false|0)$/.test(text)) return false;
    if (/^(?:on|true)$/.test(text)) {
      context.addIssue({ code: "custom", message: "does not say which proxies" });
      return z.NEVER;
    }
    if (/^[1-9]$/.test(text)) return Number(text);
    const items = text.split(",").map((item) => item.trim());
    if (items.every(isNetwork)) return items.map((item) => networks[item] ?? item);
    context.addIssue({ code: "custom", message: "is neither a number of proxies nor a list of networks" });
    return z.NEVER;
  })
  .optional()
  .transform((value) => value ?? false);

const hostName = /^(?:\[[\da-f:.]+\]|[a-z\d_](?:[a-z\d._-]*[a-z\d])?)(?::\d{1,5})?$/i;

/** Names of hosts, each with or without a port. */
export const hostNames = z
  .string()
  .transform((list) => list.split(",").map((item) => item.trim().toLowerCase()))
  .pipe(z.array(z.string().regex(hostName, "is not a list of host names")))
  .optional()
  .transform((list) => list ?? []);
