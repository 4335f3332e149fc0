import * as fc from "fast-check";
import { expect, it } from "vitest";
import { textWeight } from "../../emulator/sandbox/text-rule.ts";
import { weightedLength } from "../../src/connectors/text/weighted-length.ts";

const piece = fc.oneof(
  fc.string({ maxLength: 12, unit: fc.constantFrom(...Array.from("abcXYZ 0189äéñ,;!")) }),
  fc.constantFrom("日本語", "Привет", "안녕", "—", "…", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "❤️", "©", "\n\n"),
  fc.constantFrom(
    "https://example.com/a/b?c=d",
    "http://bücher.example.org",
    "example.com",
    "www.example.co.uk/x",
  ),
);

it("weighs as Galley's counter does, though written apart from it", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join(" ");
      expect(textWeight(text)).toBe(weightedLength(text));
    }),
    { numRuns: 500 },
  );
});
