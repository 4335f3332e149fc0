import { expect, test } from "vitest";
import { initials } from "./initials.ts";

test.each([
  ["Ada Lovelace", "AL"],
  ["Ada King Lovelace", "AL"],
  ["ada", "A"],
  ["", ""],
  ["  ", ""],
  ["Élise Ørsted", "ÉØ"],
  // Written with combining marks, as some systems do.
  ["E\u0301lise A\u030Angstrom", "ÉÅ"],
  // No letter of its own holds these two, so the mark stays with it.
  ["q\u0303uebec", "Q\u0303"],
  ["\u1112\u1161\u11AB", "한"],
  ["नमस्ते", "न"],
  ["क्षमा", "क्ष"],
  ["👩‍💻 Ada", "👩‍💻A"],
  ["🇩🇪", "🇩🇪"],
  ["7 Hills", "7H"],
])("the initials of %j are %j", (name, letters) => {
  expect(initials(name)).toBe(letters.toUpperCase().normalize("NFC"));
});
