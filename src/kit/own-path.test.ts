import { array, assert, constantFrom, property } from "fast-check";
import { expect, it } from "vitest";
import { ownPath } from "./own-path.ts";

const home = "https://galley.example";

it.each(["/", "/channels?tab=all#top", "/posts/1", "/a/./b", "/a/../b", "/%2F%2Fother.example", "/a//b"])(
  "takes %s",
  (path) => {
    expect(new URL(ownPath(path) ?? "about:blank", home).href).toBe(new URL(path, home).href);
  },
);

it.each([
  "",
  "channels",
  "//other.example",
  "/\\other.example",
  "\\/other.example",
  "/.//other.example",
  "/.//a//other.example/",
  "/./\\other.example",
  "/a/..//other.example",
  "/a/../\\other.example",
  "/%2e//other.example",
  "/.\t//other.example",
  "/\t/other.example",
  "/\n/other.example",
  "\t//other.example",
  "http://other.example",
  "https:/other.example",
  "javascript:alert(1)",
])("refuses %j", (path) => {
  expect(ownPath(path)).toBeNull();
});

it("never answers what any number of readings would take elsewhere", () => {
  const piece = constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "%2e",
    "\t",
    "\n",
    "a",
    "@",
    ":",
    "?",
    "#",
    "other.example",
    " ",
  );
  assert(
    property(array(piece, { maxLength: 12 }), (pieces) => {
      let path: string | null = ownPath(`/${pieces.join("")}`);
      for (let reading = 0; reading < 4 && path !== null; reading += 1) {
        const url = new URL(path, home);
        expect(url.origin).toBe(home);
        path = `${url.pathname}${url.search}${url.hash}`;
      }
    }),
    { numRuns: 5000 },
  );
});
