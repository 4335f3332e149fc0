import { expect, it } from "vitest";
import { compose, malformation } from "./compose.ts";
import type { MailMessage } from "./types.ts";

const message: MailMessage = {
  messageId: "<1@example.com>",
  from: { name: "Ädä", address: "ada@example.com" },
  to: ["bob@example.org"],
  subject: "Grüße",
  html: "<p>Hello</p>",
  text: "Hello",
  date: new Date("2026-01-01T00:00:00Z"),
  headers: { "Auto-Submitted": "auto-generated" },
  inline: [],
};

it("takes an ordinary mail and makes the same bytes of it every time", async () => {
  expect(malformation(message)).toBeNull();
  expect(await compose(message)).toEqual(await compose(message));
});

const evil = "\r\nBcc: eve@example.net";
const attacks: [string, Partial<MailMessage>][] = [
  ["a line break in the subject", { subject: `Hello${evil}` }],
  ["a lone line feed in the subject", { subject: "Hello\nBcc: eve@example.net" }],
  ["a line break in the sender's name", { from: { name: `Ada${evil}`, address: "ada@example.com" } }],
  ["a line break in the sender", { from: { name: "Ada", address: `ada@example.com${evil}` } }],
  ["a second recipient in one", { to: ["bob@example.org, eve@example.net"] }],
  ["a comment that hides a recipient", { to: ["eve@example.net(bob@example.org)"] }],
  ["a quoted local part", { to: ['"eve@example.net x"@example.org'] }],
  ["an SMTP command in a recipient", { to: ["bob@example.org>\r\nRCPT TO:<eve@example.net"] }],
  ["nobody", { to: [] }],
  ["a line break in the Message-ID", { messageId: `<1@example.com>${evil}` }],
  ["a line break in a header", { headers: { "X-Note": `a${evil}` } }],
  ["a header's name with a line break", { headers: { [`X${evil}`]: "a" } }],
  ["a second From", { headers: { from: "eve@example.net" } }],
  ["a Bcc", { headers: { Bcc: "eve@example.net" } }],
  [
    "an image's id with a line break",
    { inline: [{ contentId: `a@b${evil}`, mimeType: "image/png", base64: "" }] },
  ],
];

it.each(attacks)("refuses %s", (_name, fields) => {
  expect(malformation({ ...message, ...fields })).toMatchObject({
    verdict: "rejected",
    code: "mail.malformed",
  });
});

it("names none of several recipients to the others", async () => {
  const bytes = await compose({ ...message, to: ["bob@example.org", "eve@example.net"] });
  expect(bytes.toString()).not.toMatch(/bob@|eve@/);
});
