import { expect, test } from "vitest";
import { mergedCredentials } from "./custody.ts";

const stored = { accessToken: "old", refreshToken: "kept" };

test.each([
  ["left out", { accessToken: "new" }],
  ["empty", { accessToken: "new", refreshToken: "" }],
  ["null", { accessToken: "new", refreshToken: null }],
])("a refresh token that is %s stays as it was", (_name, answered) => {
  expect(mergedCredentials("oauth", stored, answered)).toEqual({ accessToken: "new", refreshToken: "kept" });
});

test("what the platform sends replaces what was stored", () => {
  const answered = { accessToken: "new", refreshToken: "newer" };
  expect(mergedCredentials("oauth", stored, answered)).toEqual(answered);
});

test("a form is taken as the person left it", () => {
  const answered = { server: "smtp.example", password: null };
  expect(mergedCredentials("form", { server: "smtp.example", password: "old" }, answered)).toEqual(answered);
});

test("a form that asks for no secret leaves none behind", () => {
  expect(mergedCredentials("form", null, {})).toEqual({});
});

test.each([{}, { accessToken: "" }, { accessToken: null }])(
  "nothing never replaces something: %j",
  (answered) => {
    expect(() => mergedCredentials("oauth", stored, answered)).toThrow(/sent no access/);
  },
);
