import { expect, it } from "vitest";
import { isMailAddress } from "./mail-address.ts";

it.each(["ada@example.com", "a.b+tag@sub.example.co.uk", "x@xn--bcher-kva.example", "o'neil@example.com"])(
  "accepts %s",
  (text) => {
    expect(isMailAddress(text)).toBe(true);
  },
);

it.each([
  "",
  "ada",
  "ada@localhost",
  "ada@@example.com",
  "a..b@example.com",
  ".a@example.com",
  "ada@example..com",
  "ada@-example.com",
  "Ada <ada@example.com>",
  "ada@example.com,eve@example.com",
  "ada@example.com\r\nRCPT TO:<eve@example.com>",
  "ada@example.com\n",
  '"ada"@example.com',
  '"x@evil.example"@example.com',
  "ada@[127.0.0.1]",
  "ädä@example.com",
  `${"a".repeat(65)}@example.com`,
  `a@${"b".repeat(250)}.com`,
])("refuses %j", (text) => {
  expect(isMailAddress(text)).toBe(false);
});
