import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { littleText, plainText } from "./little-text.ts";

describe("little text", () => {
  test("escapes every reserved character", () => {
    for (const character of "|{}@[]()<>#\\*_~") {
      expect(littleText(`a ${character} b`)).toBe(`a \\${character} b`);
    }
    expect(littleText("@[Ada](urn:li:person:1)")).toBe("\\@\\[Ada\\]\\(urn:li:person:1\\)");
    expect(littleText('50 % & 1 + 1 = 2; it\'s "fine"')).toBe('50 % & 1 + 1 = 2; it\'s "fine"');
  });

  test("writes hashtags as templates and nothing else", () => {
    expect(littleText("Read #Gardening, now")).toBe("Read {hashtag|#|Gardening}, now");
    expect(littleText("#été\n#b2b")).toBe("{hashtag|#|été}\n{hashtag|#|b2b}");
    for (const text of ["C#sharp", "#1", "# space", "##twice", "a_#b", "https://a.b/#part", "&#39;"]) {
      expect(littleText(text)).not.toContain("{hashtag");
    }
    expect(littleText("#snake_case")).toBe("\\#snake\\_case");
  });

  test("reads back as what was written, whatever that is", () => {
    const spiced = fc.string({
      unit: fc.constantFrom(...Array.from("|{}@[]()<>#\\*_~ ab1é日👩‍👩‍👧\n"), "{hashtag|#|x}"),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), spiced), (text) => {
        expect(plainText(littleText(text))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test("reads what LinkedIn lists in its own spelling", () => {
    expect(plainText("Hi {hashtag|\\#|tag} @[Acme \\(UK\\)](urn:li:organization:1)\\!")).toBe(
      "Hi #tag Acme (UK)\\!",
    );
  });
});
