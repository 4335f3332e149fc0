import { createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import PostalMime from "postal-mime";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { ConnectorFailure, type ConnectorResponse } from "#connectors";
import { contentHash, escapeHtml, oneLine, withoutSuspicious } from "#kit";
import { createMailTransport, sendLetter } from "#platform/mail";
import { createLogger } from "#platform/telemetry";
import { shownAccount } from "../../src/channels/model/shown-account.ts";
import { failureOf } from "../../src/connectors/answers.ts";
import { decodeCsv, readRecords, unguarded, writeCsv } from "../../src/desk/import/csv.ts";
import { say, sayJson } from "../../src/edge/cli/io.ts";
import { postText, table } from "../../src/edge/cli/print.ts";
import { compose, malformation } from "../../src/platform/mail/compose.ts";
import * as feeds from "../../src/site/site.feeds.ts";
import { entryPage } from "../../src/site/site.pages.ts";

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const bidi = [0x61c, 0x200e, 0x200f, ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)];

/** What some format has no place for, what a terminal obeys, and what shows another text than there is. */
const characters: [name: string, character: string][] = [
  ...range(0, 0x1f),
  ...range(0x7f, 0x9f),
  0x2028,
  0x2029,
  ...bidi,
  // Not beside each other, where they would be one character.
  0xd800,
  0xfeff,
  0xdfff,
  0xfffe,
  0xffff,
].map((unit) => [`U+${unit.toString(16).toUpperCase().padStart(4, "0")}`, String.fromCharCode(unit)]);

/** Of those, what no output for a person may hold. Lines and tabs are part of a text. */
const acting = new RegExp(
  `[${characters
    .map(([, character]) => character)
    .filter((character) => !"\t\n".includes(character))
    .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("")}]`,
  "u",
);
// oxlint-disable-next-line no-control-regex -- control characters are what must not be there
const forbiddenInXml = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u;

const texts = characters.flatMap(([name, character]): [string, string][] => [
  [`${name} between words`, `one${character}two`],
  [`${name} at the ends`, `${character}one two${character}`],
]);

/** Every text by itself, so that one failure hides no other. */
async function forEachOf(
  given: [name: string, text: string][],
  check: (text: string, name: string) => void | Promise<void>,
): Promise<void> {
  const failed: string[] = [];
  for (const [name, text] of given) {
    try {
      await check(text, name);
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  expect(failed).toEqual([]);
}

test("the table holds what is looked for", () => {
  expect(characters).toHaveLength(32 + 33 + 2 + bidi.length + 5);
  for (const [, text] of texts) if (!/[\t\n]/.test(text)) expect(text).toMatch(acting);
});

const mail = {
  messageId: "<1@example.com>",
  from: { name: "Ada", address: "ada@example.com" },
  to: ["bob@example.org"],
  subject: "Hello",
  html: "<p>Hello</p>",
  text: "Hello",
  date: new Date(0),
  headers: {},
  inline: [],
};

describe("a mail", () => {
  test("has a head of plain lines, or is refused", () =>
    forEachOf(texts, async (text) => {
      const given = {
        ...mail,
        subject: text,
        from: { ...mail.from, name: text },
        headers: { "X-Note": "a" },
      };
      if (/\p{Cc}/u.test(text)) {
        expect(malformation({ ...mail, subject: text })).toMatchObject({ code: "mail.malformed" });
        expect(malformation({ ...mail, from: given.from })).toMatchObject({ code: "mail.malformed" });
        expect(malformation({ ...mail, headers: { "X-Note": text } })).toMatchObject({
          code: "mail.malformed",
        });
        return;
      }
      expect(malformation(given)).toBeNull();
      const bytes = await compose(given);
      const head = bytes.toString("latin1").split("\r\n\r\n", 1)[0] ?? "";
      expect(head).toMatch(/^(?:[\x20-\x7e]*(?:\r\n[\t ]?)?)*$/);
      const names = head.split(/\r\n(?![ \t])/).map((line) => line.split(":", 1)[0]);
      expect(names.filter((name) => /^(?:subject|from|to|bcc|cc)$/i.test(name ?? ""))).toHaveLength(3);
      const read = await PostalMime.parse(bytes);
      expect(read.subject?.trim()).toBe(text.toWellFormed().trim());
    }));

  test("has bodies of characters that a reader can show", () =>
    forEachOf(texts, async (text) => {
      const bytes = await compose({ ...mail, text, html: `<p>${text}</p>` });
      const read = await PostalMime.parse(bytes);
      for (const body of [read.text ?? "", read.html ?? ""]) {
        expect(body).toContain("two");
        expect(body).not.toMatch(forbiddenInXml);
      }
    }));

  test("of Galley's own shows what it quotes", () =>
    forEachOf(texts, async (text) => {
      const sent: (typeof mail)[] = [];
      const transport = {
        send: (_server: unknown, message: typeof mail) => {
          sent.push(message);
          return Promise.resolve({ kind: "accepted" as const, response: "", refused: [], deferred: [] });
        },
      };
      const server = { host: "", port: 25, tls: "none" as const, username: null, password: null };
      const letter = {
        id: "1",
        to: "bob@example.org",
        language: "en" as const,
        subject: text,
        paragraphs: [text],
      };
      await sendLetter({ transport, server, from: mail.from }, letter, {
        date: new Date(0),
        signal: new AbortController().signal,
      });
      expect(sent[0]?.subject).not.toMatch(acting);
      expect(sent[0]?.text.trim()).not.toMatch(acting);
      expect(malformation({ ...mail, subject: sent[0]?.subject ?? "" })).toBeNull();
    }));
});

test("a spreadsheet file stays readable, and keeps what it can", () =>
  forEachOf(texts, (text) => {
    const file = writeCsv(["text"], [[text], ["after"]]);
    expect(file.slice(1)).not.toMatch(forbiddenInXml);
    const read = decodeCsv(Buffer.from(file))?.text ?? "";
    const { records } = readRecords(read, { delimiter: ",", width: 1, least: 1, mostRecords: 10 });
    const cells = records.map((record) => ("cells" in record ? record.cells[0] : record.wrong));
    const kept =
      text.toWellFormed() === text ? text.replaceAll(new RegExp(forbiddenInXml, "gu"), "") : cells[1];
    expect([cells[0], unguarded(cells[1] ?? ""), cells[2]]).toEqual(["text", kept, "after"]);
    expect(cells[1]).not.toMatch(/^[=+\-@\t\r\n]/u);
  }));

function printed(write: (stream: PassThrough) => void): string {
  const stream = new PassThrough();
  write(stream);
  return String(stream.read() ?? "");
}

describe("a terminal", () => {
  test("gets nothing that it obeys or hides", () =>
    forEachOf(texts, (text) => {
      const said = printed((stream) => say(stream, text));
      expect(said).not.toMatch(acting);
      expect(said).toContain("two");
      const shown = printed((stream) => say(stream, table(["name"], [[text], ["after"]])));
      expect(shown).not.toMatch(acting);
      expect(shown.split("\n")).toHaveLength(3);
    }));

  test("sees that something is there", () =>
    forEachOf(characters, (character, name) => {
      const said = printed((stream) => say(stream, `one${character}two`));
      if ("\t\n\r".includes(character)) expect(said).toMatch(/^one\stwo$/);
      else if (/\p{Surrogate}/u.test(character)) expect(said).toBe("one\ufffdtwo");
      else expect(said).toBe(`one<${name}>two`);
    }));

  test("gets the same JSON, written out", () =>
    forEachOf(texts, (text) => {
      const said = printed((stream) => sayJson(stream, { [text]: [text] }));
      expect(said.slice(0, -1)).not.toMatch(acting);
      expect(JSON.parse(said)).toEqual({ [text]: [text] });
    }));

  test("cannot be shown lines of a post that are none", () => {
    const text = "real\r\n  | forged\n! forged\u2028forged";
    const variant = {
      channelId: "",
      connector: "x",
      handle: "@ada\n  status   approved",
      content: { parts: [text], link: null, media: [], firstComment: null, options: {} },
    };
    const post = {
      id: "1",
      title: "Title\n  status   approved",
      status: "draft",
      version: 1,
      scheduled: null,
      variants: [variant],
      checks: [],
    } as unknown as Parameters<typeof postText>[0];
    const lines = printed((stream) => say(stream, postText(post))).split("\n");
    expect(lines.filter((line) => /^ {2}status/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("forged")).every((line) => line.startsWith("  | "))).toBe(
      true,
    );
  });
});

test("a line of the log acts on no terminal and says the same", () =>
  forEachOf(texts, (text) => {
    const lines: string[] = [];
    // As it is written: half a character has no bytes.
    const stream = { write: (line: string) => void lines.push(line.toWellFormed()) };
    const log = createLogger({ logLevel: "info", stream });
    log.info({ title: text }, text);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.slice(0, -1)).not.toMatch(acting);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      title: text.toWellFormed(),
      msg: text.toWellFormed(),
    });
  }));

describe("the site", () => {
  const at = new Date(0);
  const site = {
    workspaceId: "",
    slug: "",
    title: "T",
    description: "",
    language: "en",
    public: true,
    updatedAt: at,
  };
  const links = {
    home: "https://a.example/",
    rss: "https://a.example/r",
    atom: "https://a.example/a",
    json: "https://a.example/j",
    sitemap: "https://a.example/s",
    entries: "https://a.example/e",
    entry: () => "https://a.example/1",
    media: () => "https://a.example/m",
  };

  test("writes feeds and pages that can be read", () =>
    forEachOf(texts, (text) => {
      const entry = {
        id: "1",
        slug: "a",
        title: text,
        body: text,
        html: escapeHtml(text),
        text,
        language: null,
        link: null,
        canonicalUrl: null,
        tags: [text],
        media: [],
        publishedAt: at,
        updatedAt: at,
      };
      for (const xml of [
        feeds.rssOf(site, [entry], links),
        feeds.atomOf(site, [entry], links),
        feeds.sitemapOf([entry], links),
      ]) {
        expect(() => new SaxesParser().write(xml).close()).not.toThrow();
      }
      const json = JSON.stringify(feeds.jsonFeedOf(site, [entry], links));
      expect(json.isWellFormed()).toBe(true);
      expect(entryPage(site, entry, links)).not.toMatch(forbiddenInXml);
    }));
});

describe("words of others", () => {
  test("are of what a reader sees, and can be stored", () =>
    forEachOf(texts, (text) => {
      const response: ConnectorResponse = {
        status: 422,
        headers: {},
        body: Buffer.from(JSON.stringify({ message: text })),
      };
      const failure = failureOf({ id: "x", name: "X" }, response);
      for (const words of [
        failure.message,
        new ConnectorFailure({ verdict: "rejected", code: "x.y", message: "", evidence: text }).evidence ??
          "",
        ...Object.values(
          shownAccount({ accountId: "", handle: text, displayName: text, avatarUrl: text, profileUrl: null }),
        ).map(String),
        oneLine(text),
      ]) {
        expect(words.replaceAll("\r", "")).not.toMatch(acting);
      }
      expect(withoutSuspicious(text)).toContain("two");
      expect(() => contentHash(withoutSuspicious(text))).not.toThrow();
    }));

  test("lose nothing that a script or an emoji needs", () => {
    for (const words of ["👩‍👩‍👧 میخواهم می‌خواهم", "क्‍ष ❤️", "שלום \u200fעולם"])
      expect(oneLine(words)).toBe(words);
  });

  test("of a mail server come without what they hide", async () => {
    const reply = `550 5.1.1 no ${characters
      .map(([, character]) => character)
      .filter((character) => !"\r\n".includes(character))
      .join("")}such user`;
    const server = createServer((socket: Socket) => {
      socket.write("220 hello\r\n");
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        const line = String(bytes);
        if (/^EHLO|^HELO/.test(line)) socket.write("250 hello\r\n");
        else if (line.startsWith("MAIL")) socket.write("250 fine\r\n");
        else if (line.startsWith("RCPT TO:<bob")) socket.write("250 fine\r\n");
        else if (line.startsWith("RCPT")) socket.write(`${reply}\r\n`);
        else if (line.startsWith("DATA")) socket.write("354 go on\r\n");
        else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
        else if (line.endsWith("\r\n.\r\n")) socket.write(`250 ${reply}\r\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const transport = createMailTransport({ allowServers: [`127.0.0.1:${port}`] });
    const toTwo = { ...mail, to: ["bob@example.org", "eve@example.org"] };
    const to = { host: "127.0.0.1", port, tls: "none" as const, username: null, password: null };
    try {
      const partly = await transport.send(to, toTwo, AbortSignal.timeout(20_000));
      expect(partly).toMatchObject({
        kind: "accepted",
        refused: [{ address: "eve@example.org", code: "550" }],
      });
      const none = await transport.send(
        to,
        { ...mail, to: ["eve@example.org"] },
        AbortSignal.timeout(20_000),
      );
      expect(none).toMatchObject({ kind: "failed", verdict: "rejected" });
      for (const outcome of [partly, none]) {
        const words = Object.values(outcome).flatMap((value: unknown) =>
          Array.isArray(value) ? value.flatMap((one: object) => Object.values(one)) : [value],
        );
        for (const word of words) if (typeof word === "string") expect(word).not.toMatch(acting);
      }
    } finally {
      server.close();
    }
  });
});
