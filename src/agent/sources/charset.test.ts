import { describe, expect, test } from "vitest";
import { decodeBytes } from "./charset.ts";
import { decodeText } from "./decode.ts";

const latin = (text: string) => Buffer.from(text, "latin1");
const body = "<p>Größe und Maß für Bäume</p>";
const far = `<!doctype html><html><head>${"<!-- padding -->".repeat(200)}<script>"<meta charset=koi8-r>"</script>`;

describe("bytes become text by", () => {
  test.each([
    [
      "a meta tag behind the first 1,024 bytes",
      latin(`${far}<meta charset="iso-8859-1"></head>${body}`),
      "text/html",
    ],
    [
      "http-equiv",
      latin(`${far}<META content="text/html; charset=ISO-8859-15" http-equiv=Content-Type>${body}`),
      null,
    ],
    [
      "the header, before the document",
      latin(`<meta charset="utf-8">${body}`),
      "text/html; charset=iso-8859-1",
    ],
    ["an XML declaration", latin(`<?xml version="1.0" encoding="ISO-8859-1"?><p>${body}</p>`), "text/xml"],
    ["the bytes, where the header lies", Buffer.from(body), "text/html; charset=iso-8859-1"],
    [
      "the document, where the header lies",
      latin(`<meta charset="iso-8859-1">${body}`),
      "text/html; charset=utf-8",
    ],
    ["the bytes, where nothing is said", Buffer.from(body), null],
    ["windows-1252, where nothing is said", latin(body), "text/html"],
    ["a byte order mark, before the header", Buffer.from(`\ufeff${body}`), "text/html; charset=iso-8859-1"],
    ["UTF-16 with a mark", Buffer.from(`\ufeff${body}`, "utf16le"), "text/html"],
    ["UTF-16 without one", Buffer.from(body, "utf16le"), "text/html"],
    ["a label that nobody knows", Buffer.from(body), "text/html; charset=utf-99"],
  ])("%s", (_, bytes, type) => expect(decodeBytes(bytes, type).text).toContain("Größe und Maß für Bäume"));
});

test("a description that speaks of character sets is no label", () => {
  const page = `<meta name="description" content="about charset=koi8-r"><!-- <meta charset=koi8-r> -->${body}`;
  expect(decodeBytes(Buffer.from(page), "text/html")).toMatchObject({ charset: "utf-8", passedOver: null });
});

test("one broken byte makes no mojibake of a whole page, and is told", async () => {
  const bytes = Buffer.concat([Buffer.from(body.repeat(50)), Buffer.from([0xff]), Buffer.from(body)]);
  const { text, notice } = await decodeText(bytes, "text/html; charset=utf-8");
  expect(text).toContain("Größe");
  expect(notice).toMatch(/1 characters/);
});

test("a label that was not followed is told, and a page that cannot be read is refused", async () => {
  expect((await decodeText(Buffer.from(body), "text/html; charset=iso-8859-1")).notice).toMatch(
    /says that it is/,
  );
  expect((await decodeText(Buffer.from(body), "text/html; charset=utf-8")).notice).toBeNull();
  const noise = Buffer.from(Array.from({ length: 4_000 }, (_, index) => (index % 2 === 0 ? 0x61 : 0x81)));
  await expect(decodeText(noise, "text/html; charset=utf-8")).rejects.toMatchObject({
    code: "agent.source_garbled",
  });
});
