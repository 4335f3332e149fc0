import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectorRegistry } from "#connectors";
import { linkedInText } from "#emulator";
import { startLinkedInHarness } from "../contract/linkedin.ts";

describe("what the emulated LinkedIn shows of a commentary", () => {
  test("is cut without a word where a reserved character stands for nothing", () => {
    expect(linkedInText("up from 4% today (EPRI, 2024)")).toBe("up from 4% today ");
    expect(linkedInText("snake_case")).toBe("snake");
    expect(linkedInText("a <b>")).toBe("a ");
    expect(linkedInText("mail ada@example.com")).toBe("mail ada");
    expect(linkedInText("a\\n")).toBe("a");
  });

  test("keeps hashtags, templates, mentions and what is escaped", () => {
    expect(linkedInText("a #tag b")).toBe("a #tag b");
    expect(linkedInText("{hashtag|#|tag} {hashtag|\\#|tag}")).toBe("#tag #tag");
    expect(linkedInText("Hello @[Acme Corp](urn:li:organization:1234)!")).toBe("Hello Acme Corp!");
    expect(linkedInText("\\(x\\) \\@\\[y\\] \\\\")).toBe("(x) @[y] \\");
  });

  test("equals what was written, for any text that is published", async () => {
    const harness = await startLinkedInHarness("profile");
    try {
      await harness.control("PUT", "switches", { memberPostsPerDay: 10_000 });
      const linkedIn = connectorRegistry().get("linkedin");
      const spiced = fc.string({
        unit: fc.constantFrom(
          ...Array.from("|{}@[]()<>#\\*_~ ab1é👩\n"),
          "{hashtag|#|x}",
          "@[A](urn:li:person:1)",
        ),
        maxLength: 60,
      });
      const anyText = fc.oneof(fc.string({ unit: "grapheme" }), spiced);
      let count = 0;
      await fc.assert(
        fc.asyncProperty(anyText, async (words) => {
          count += 1;
          const text = `${count} ${words}`;
          const variant = { parts: [text], link: null, media: [], firstComment: null, options: {} };
          if (linkedIn === undefined || linkedIn.validate(variant, []).length > 0) return;
          const delivery = { deliveryId: String(count), variant, media: [], dueAt: new Date() };
          const plan = await linkedIn.prepare(harness.context(), delivery);
          const item = { index: 0, key: String(count), published: [] };
          const { externalId } = await linkedIn.commit(harness.context(), plan, item);
          const shown = (await harness.journal()).find(({ id }) => id === externalId);
          expect(shown?.text).toBe(text);
        }),
        { numRuns: 150 },
      );
      expect(count).toBeGreaterThan(100);
    } finally {
      await harness.close();
    }
  });
});
