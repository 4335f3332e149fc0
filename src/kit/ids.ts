import { v7, validate } from "uuid";

/** A new UUIDv7 (RFC 9562 section 5.7): sorts by creation time, so it serves as a cursor too. */
export function newId(): string {
  return v7();
}

/** True for any canonical UUID text. */
export function isId(text: string): boolean {
  return validate(text);
}
