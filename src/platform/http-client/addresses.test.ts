import { expect, test } from "vitest";
import { isPublic } from "./addresses.ts";

const blocked = {
  loopback: ["127.0.0.1", "127.255.255.254", "::1"],
  unspecified: ["0.0.0.0", "0.1.2.3", "::"],
  private: ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
  "link-local and cloud metadata": [
    "169.254.169.254",
    "fe80::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
  ],
  "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
  multicast: ["224.0.0.1", "239.255.255.255", "ff02::1"],
  "broadcast and reserved": [
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
  ],
  "IPv4 inside IPv6": ["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::ffff:0:127.0.0.1"],
  NAT64: ["64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808"],
  "6to4 and Teredo": ["2002:7f00:1::", "2002:808:808::", "2001:0:808:808::1"],
  "unassigned and documentation": ["2001:db8::1", "3fff::1", "4000::1", "fec0::1", "100::1"],
  "no address": ["", "localhost", "127.0.0.1:80", "1.2.3", "[::1]"],
};

for (const [name, addresses] of Object.entries(blocked)) {
  test.each(addresses)(`${name} is not public: %s`, (address) => {
    expect(isPublic(address)).toBe(false);
  });
}

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700::1111",
  "::ffff:8.8.8.8",
  "64:ff9b::808:808",
])("%s is public", (address) => {
  expect(isPublic(address)).toBe(true);
});
