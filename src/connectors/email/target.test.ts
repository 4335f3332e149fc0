import { expect, test } from "vitest";
import { fingerprintOf } from "../target.ts";
import { email } from "./index.ts";
import type { MailCredentials } from "./settings.ts";

const credentials = {
  server: { host: "smtp.example.com", port: 587, tls: "starttls", username: "ada", password: "one" },
  from: { name: "Example", address: "news@example.com" },
  recipients: ["ben@example.org", "Ada@example.org"],
} satisfies MailCredentials;

function fingerprint(fields: Partial<MailCredentials>) {
  const settings = {};
  return fingerprintOf(email, {
    settings,
    credentials: { ...credentials, ...fields },
    accountId: "news@example.com",
  });
}

const { server } = credentials;

test.each([
  ["another server", { server: { ...server, host: "smtp.example.net" } }],
  ["another port", { server: { ...server, port: 2525 } }],
  ["the mail catcher instead", { server: null }],
  ["one recipient more", { recipients: [...credentials.recipients, "eve@example.org"] }],
  ["one recipient less", { recipients: ["ben@example.org"] }],
  ["another recipient", { recipients: ["ben@example.org", "eve@example.org"] }],
])("%s is another target", async (_name, fields) => {
  expect((await fingerprint(fields)).hash).not.toBe((await fingerprint({})).hash);
});

test.each([
  ["a new password", { server: { ...server, password: "two" } }],
  ["another way to sign in", { server: { ...server, username: "ben" } }],
  ["another name of the sender", { from: { name: "Other", address: "news@example.com" } }],
  ["the recipients in another order and spelling", { recipients: ["ada@example.org", "ben@example.org"] }],
])("%s is the same target", async (_name, fields) => {
  expect((await fingerprint(fields)).hash).toBe((await fingerprint({})).hash);
});

test("its words name the recipients and the server, and nothing secret", async () => {
  const { words } = await fingerprint({});
  expect(words).toBe("ada@example.org and ben@example.org by smtp.example.com:587");
});
