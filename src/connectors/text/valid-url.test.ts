import { expect, it } from "vitest";
import { isValidUrl } from "./valid-url.ts";

it.each([
  ["example.com", true],
  ["example.com:8080/a?b#c", true],
  // A mail address, another protocol, words.
  ["ada@example.com", false],
  ["ftp://example.com", false],
  ["example.com is it", false],
  ["example", false],
])("%j without a protocol: %j", (text, expected) => {
  expect(isValidUrl(text, "optional")).toBe(expected);
  expect(isValidUrl(`https://${text}`, "optional")).toBe(isValidUrl(`https://${text}`, "required"));
});

it.each([
  ["segments", `https://${"a.".repeat(20_000)}`],
  ["hyphens", `https://${"-a".repeat(20_000)}-`],
  ["slashes", `https://example.com/${"/".repeat(40_000)} `],
  ["a user", `https://${"a:".repeat(20_000)}`],
])("stays fast on %s", (_name, text) => {
  const start = performance.now();
  isValidUrl(text, "optional");
  expect(performance.now() - start).toBeLessThan(2_000);
});
