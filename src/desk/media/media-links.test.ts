import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createMediaLinks } from "./media-links.ts";

const links = createMediaLinks({ key: randomBytes(32) });
const now = new Date("2026-11-21T05:00:00Z");
const hash = "a".repeat(64);

function given(address: string) {
  const query = new URL(address, "http://127.0.0.1").searchParams;
  const until = query.get("until");
  return { signature: query.get("signature") ?? "", ...(until === null ? {} : { until: Number(until) }) };
}

test("an address that ends is good until then, and its end cannot be moved or taken away", () => {
  const signed = given(links.addressOf("w", hash, now));
  expect(links.accepts("w", hash, signed, now)).toBe(true);
  expect(links.accepts("w", hash, signed, new Date(now.getTime() + 1001))).toBe(false);
  expect(links.accepts("w", hash, { ...signed, until: (signed.until ?? 0) + 60 }, now)).toBe(false);
  expect(links.accepts("w", hash, { signature: signed.signature }, now)).toBe(false);
});

test("an address without an end stays good, and is good for its file alone", () => {
  const signed = given(links.addressOf("w", hash));
  expect(links.accepts("w", hash, signed, new Date("2036-01-01T00:00:00Z"))).toBe(true);
  expect(links.accepts("w", "b".repeat(64), signed, now)).toBe(false);
  expect(links.accepts("v", hash, signed, now)).toBe(false);
});
