import { expect, test } from "vitest";
import { acceptedLanguage, knownLanguage } from "./languages.ts";

test.each([
  ["de", "de"],
  ["de-AT", "de"],
  ["DE_ch.UTF-8", "de"],
  ["den", null],
  ["fr", null],
  ["", null],
  [null, null],
])("the tag %s names the language %s", (tag, language) => {
  expect(knownLanguage(tag)).toBe(language);
});

test.each([
  ["de-DE,de;q=0.9,en;q=0.8", "de"],
  ["fr, en;q=0.2, de;q=0.7", "de"],
  ["de;q=0, en", "en"],
  ["fr", null],
  ["*", null],
  [";;,q=", null],
  [undefined, null],
])("who accepts %s reads %s", (header, language) => {
  expect(acceptedLanguage(header)).toBe(language);
});
