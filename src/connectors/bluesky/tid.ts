import { createHash } from "node:crypto";

const alphabet = "234567abcdefghijklmnopqrstuvwxyz";

/**
 * A record key of the form TID (https://atproto.com/specs/tid): 53 bits of microseconds and 10 bits of
 * clock id, in 13 characters that sort by time. Time comes from `at`; the microseconds within its
 * millisecond and the clock id come from `key`, so the same item always gets the same record key.
 */
export function tidFor(key: string, at: Date): string {
  const digest = createHash("sha256").update(key).digest();
  const micros = BigInt(at.getTime()) * 1000n + BigInt(digest.readUInt16BE(0) % 1000);
  let value = (micros << 10n) | BigInt(digest.readUInt16BE(2) & 0x3ff);
  let text = "";
  for (let position = 0; position < 13; position += 1) {
    text = (alphabet[Number(value & 31n)] ?? "") + text;
    value >>= 5n;
  }
  return text;
}

const form = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/;

/** When a record was made by the clock of whoever made it; null where its key is no TID. */
export function timeOfTid(rkey: string): Date | null {
  if (!form.test(rkey)) return null;
  let value = 0n;
  for (const letter of rkey) value = (value << 5n) | BigInt(alphabet.indexOf(letter));
  return new Date(Number((value >> 10n) / 1000n));
}
