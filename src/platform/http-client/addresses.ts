import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Azure's machine agent: inside the public space, yet it answers with credentials of the machine. */
const azureAgent = "168.63.129.16";
/** RFC 4291 section 2.4: everything that the registries hand out lies in here. */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];
/** RFC 6052: the well-known prefix, which holds an IPv4 address in its last 32 bits. */
const translation: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("64:ff9b::"), 96];

function embedded(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

function isPublicAddress(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) {
    return address.range() === "unicast" && address.toString() !== azureAgent;
  }
  if (address.isIPv4MappedAddress()) return isPublicAddress(address.toIPv4Address());
  // On a network without IPv4 this is how every IPv4 host looks; what counts is the address inside.
  if (address.match(translation)) return isPublicAddress(embedded(address));
  return address.match(globalUnicast) && address.range() === "unicast";
}

/**
 * True for an IP address on the public internet. False for loopback, private, link-local (cloud
 * metadata), carrier-grade NAT, multicast, reserved and documentation ranges, for IPv6 forms that
 * tunnel to any of them (mapped, NAT64, 6to4, Teredo), and for text that is no address.
 */
export function isPublic(address: string): boolean {
  // Stricter than the parser, which would take "1.2.3" for an address.
  if (isIP(address) === 0) return false;
  return isPublicAddress(ipaddr.parse(address));
}
