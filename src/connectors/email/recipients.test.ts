import { expect, it, test } from "vitest";
import { readRecipients } from "./recipients.ts";

it.each([
  ["one per line", "ada@example.com\r\nbob@example.com\n", ["ada@example.com", "bob@example.com"]],
  ["commas and spaces", "ada@example.com, bob@example.com eve@example.com", 3],
  [
    "Outlook",
    'Ada <ada@example.com>; "Doe, Jane" <jane@example.com>;',
    ["ada@example.com", "jane@example.com"],
  ],
  [
    "Outlook without quotation marks",
    "Doe, Jane <jane@example.com>; Roe, Rick <rick@example.com>",
    ["jane@example.com", "rick@example.com"],
  ],
  ["Outlook's quoted address", "'jane@example.com' <jane@example.com>", ["jane@example.com"]],
  ["a quoted reply", "jane@example.com <mailto:jane@example.com>", ["jane@example.com"]],
  ["a semicolon in a name", '"Doe; Jane" <jane@example.com>', ["jane@example.com"]],
  ["names without separators", "Ada <ada@example.com> Bob <bob@example.com>", 2],
  ["a name beside a bare address", "ada@example.com, Bob <bob@example.com>", 2],
  ["a comment", "Ada (the first) <ada@example.com>", ["ada@example.com"]],
  ["invisible marks", "\u202Aada@example.com\u202C;\u200Bbob@example.com", 2],
  ["an umlaut domain", "Ada <ada@Müller.example>", ["ada@xn--mller-kva.example"]],
  ["a whole script", "ada@例え.テスト", ["ada@xn--r8jz45g.xn--zckzah"]],
  ["one twice", "ada@example.com; Ada <Ada@Example.com>", ["ada@example.com"]],
  ["nothing", " ;\n, ", []],
])("reads recipients: %s", (_name, text, expected) => {
  const { addresses, wrong } = readRecipients(text);
  expect(wrong).toBeNull();
  expect(typeof expected === "number" ? addresses.length : addresses).toEqual(expected);
});

it.each([
  ["ada", "ada"],
  ["ada@example.com; bob", "bob"],
  ["Bob, ada@example.com", "Bob"],
  ["Ada <ada@example.com>, Bob", "Bob"],
  ["Bob, Carl, Eve <eve@example.com>", "Bob"],
  ["Doe, <jane@example.com>", "Doe"],
  ["Ada <ada@>", "ada@"],
  ['"x@evil.example"@example.com', '"x@evil.example"@example.com'],
  ["ädä@example.com", "ädä@example.com"],
  ["ada@exa_mple.com", "ada@exa_mple.com"],
  ["ada@ü..example", "ada@ü..example"],
])("names what is no address: %j", (text, expected) => {
  expect(readRecipients(text).wrong).toBe(expected);
});

test("a long list takes a time that grows with its length alone", () => {
  const times = [2000, 8000].map((count) => {
    const text = `${'"<'.repeat(count)}${"a,".repeat(count)}${"x <a@example.com>".repeat(count)}${"\u200B".repeat(count)}x`;
    const start = performance.now();
    readRecipients(text);
    return performance.now() - start;
  });
  expect((times[1] ?? 0) / Math.max(times[0] ?? 0, 5)).toBeLessThan(16);
});
