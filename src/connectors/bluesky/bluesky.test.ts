import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { facetsOf, mentionedHandles } from "./facets.ts";
import { tidFor } from "./tid.ts";

function linked(text: string, dids: Map<string, string> = new Map()): string[] {
  const bytes = Buffer.from(text);
  return facetsOf(text, dids).map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString());
}

describe("tidFor", () => {
  const at = new Date("2026-02-03T04:05:06.789Z");

  it("has the form of a record key, the same for the same item", () => {
    // https://atproto.com/specs/tid
    expect(tidFor("a/0", at)).toMatch(/^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/);
    expect(tidFor("a/0", at)).toBe(tidFor("a/0", at));
    expect(tidFor("a/0", at)).not.toBe(tidFor("a/1", at));
  });

  it("sorts by time", () => {
    const ms = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(ms, ms, fc.string(), (left, right, key) => {
        fc.pre(left < right);
        expect(tidFor(key, new Date(left)) < tidFor("other", new Date(right))).toBe(true);
      }),
    );
  });
});

describe("facetsOf", () => {
  it("counts in UTF-8 bytes", () => {
    expect(linked("👩‍👩‍👧‍👦 日本 https://example.com/ä #grüße")).toEqual(["https://example.com/ä", "#grüße"]);
  });

  it("gives a bare domain a protocol", () => {
    expect(facetsOf("see example.com", new Map())[0]?.features).toEqual([
      { $type: "app.bsky.richtext.facet#link", uri: "https://example.com" },
    ]);
  });

  it("links handles that somebody has", () => {
    const dids = new Map([["ada.example.com", "did:plc:ada"]]);
    expect(mentionedHandles("hi @Ada.Example.com and @bob and me@example.com")).toEqual(["ada.example.com"]);
    expect(linked("hi @Ada.Example.com!", dids)).toContain("@Ada.Example.com");
    expect(linked("hi @nobody.invalid", dids)).toEqual([]);
  });

  it.each([
    ["#tag.", ["#tag"]],
    ["a#b", []],
    ["#123", []],
    ["#1a", ["#1a"]],
    ["(#x)", []],
  ])("finds the hashtags of %s", (text, tags) => {
    expect(linked(text)).toEqual(tags);
  });
});
