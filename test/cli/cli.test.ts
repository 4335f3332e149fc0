import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOf } from "#contract";
import { testPassword } from "../support/app.ts";
import { type CommandLine, startCommandLine } from "../support/command-line.ts";
import type { GalleyProcess } from "../support/galley.ts";

const article = path.resolve("test/fixtures/articles/shade.md");

let folder: string;
let galley: GalleyProcess;
let run: CommandLine["run"];
let commandLine: CommandLine;

beforeAll(async () => {
  commandLine = await startCommandLine();
  ({ folder, galley, run } = commandLine);
});
afterAll(() => commandLine.close());

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(path.join(folder, name), content);
  return name;
}

async function call<Answer>(asked: { method: string; path: string }, body: object): Promise<Answer> {
  const stored = await readFile(path.join(folder, "galley", "sessions.json"), "utf8");
  const [session] = Object.values(JSON.parse(stored) as Record<string, { token: string }>);
  const answer = await fetch(`${galley.url}${asked.path}`, {
    method: asked.method,
    headers: { authorization: `Bearer ${session?.token ?? ""}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${asked.path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

/** A thread whose second part the platform puts off for longer than the workspace waits. */
async function halfLive(channelId: string): Promise<string> {
  await call(addressOf("updateWorkspace"), { graceSeconds: 60 });
  const faults = [{ kind: "slow" }, { kind: "throttle", delayMs: 3_600_000 }];
  await call({ method: "PUT", path: "/sandbox/control/faults" }, { faults });
  const variants = [{ channelId, content: { parts: ["The first part", "The second part"] } }];
  const { id } = await call<{ id: string }>(addressOf("createPost"), { title: "In two parts", variants });
  await run(["submit", id]);
  await run(["approve", id, "--yes"]);
  expect((await run(["publish", id, "--wait"])).code).toBe(1);
  return id;
}

/** As if the platform had said of the second part that it has it already. */
async function toldAsDuplicate(postId: string): Promise<void> {
  const { system } = commandLine.database;
  const [delivery] = await system
    .selectFrom("deliveries")
    .select("id")
    .where("post_id", "=", postId)
    .execute();
  const attempts = system.updateTable("delivery_attempts").set({ error_code: "x.duplicate" });
  await attempts
    .where("delivery_id", "=", delivery?.id ?? "")
    .where("item", "=", 1)
    .execute();
}

describe("before anybody is signed in", () => {
  test("a command says how to sign in", async () => {
    const { code, err } = await run(["posts"]);
    expect(code).toBe(3);
    expect(err).toContain("galley login --email");
  });

  test("a server that is not there", async () => {
    const { code, err } = await run(["posts"], "", {
      GALLEY_SERVER: "http://127.0.0.1:9",
      GALLEY_TOKEN: "x",
    });
    expect(code).toBe(6);
    expect(err).toContain("npm start");
  });

  test("what is no command, option or server", async () => {
    for (const argv of [
      ["dance"],
      ["posts", "--dance"],
      ["draft", article],
      ["posts", "--server", "nowhere"],
    ]) {
      const { code, err } = await run(argv);
      expect([argv, code]).toEqual([argv, 2]);
      expect(err).toMatch(/error|--server/);
    }
    expect((await run(["--help"])).code).toBe(0);
  });

  test("a key and the settings need no server", async () => {
    const { out } = await run(["key", "generate"]);
    expect(Buffer.from(out.trim(), "base64")).toHaveLength(32);
    const { code, out: findings } = await run(["config", "check"], "", { PORT: "seventy" });
    expect(code).toBe(1);
    expect(findings).toContain("PORT");
  });
});

describe("the way from init to a published post", () => {
  let postId: string;

  test("init keeps a session that only its owner can read", async () => {
    expect((await run(["init", "--email", "ada@example.com"], "")).code).toBe(2);
    expect(
      (await run(["init", "--email", "ada@example.com", "--time-zone", "Europe/Berlin"], `${testPassword}\n`))
        .code,
    ).toBe(0);
    const sessions = path.join(folder, "galley", "sessions.json");
    expect((await stat(sessions)).mode & 0o777).toBe(0o600);
    expect(await readFile(sessions, "utf8")).not.toContain(testPassword);
    expect((await run(["init", "--email", "eve@example.com"], testPassword)).code).toBe(5);
  });

  test("a wrong password", async () => {
    const { code, err } = await run(["login", "--email", "ada@example.com"], "not this one, friend");
    expect(code).toBe(3);
    expect(err).not.toContain("not this one");
  });

  test("connect", async () => {
    expect(await run(["connect", "sandbox"])).toMatchObject({ code: 0 });
    expect(await run(["connect", "email", "--catcher"])).toMatchObject({ code: 0 });
    expect((await run(["connect", "carrier-pigeon"])).code).toBe(4);
    const { code, err } = await run(["connect", "email", "--set", "colour=red"]);
    expect([code, err]).toEqual([2, expect.stringContaining("fromAddress")]);
    expect((await run(["channels", "--json"])).out).toContain('"sandbox"');
    const { out } = await run(["connect"]);
    expect(out).toMatch(/^sandbox +.+ here$/mu);
    expect(out).toMatch(/^telegram +Telegram +here: --password-stdin --set chatId=…$/mu);
    expect(out).toMatch(/^linkedin-page +.+ in the browser, under Channels$/mu);
  });

  test("draft from a file, and from standard input", async () => {
    const { code, out } = await run(["draft", article, "--to", "sandbox,email", "--json"]);
    expect(code).toBe(0);
    ({ postId } = JSON.parse(out) as { postId: string });
    const piped = await run(["draft", "-", "--to", "@newcomer"], await readFile(article));
    expect(piped).toMatchObject({ code: 0, out: expect.stringContaining("Built-in extractive drafter") });
  });

  test("approve shows what it binds, and asks", async () => {
    expect((await run(["approve", postId, "--yes"])).code).toBe(5);
    expect((await run(["submit", postId])).code).toBe(0);
    const unasked = await run(["approve", postId]);
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining("--yes")]);
    const approved = await run(["approve", postId, "--yes"]);
    expect(approved).toMatchObject({ code: 0, err: expect.stringContaining("street trees") });
  });

  test("an approval says until when it can be taken back, and how, and is", async () => {
    const copy = JSON.parse((await run(["copy", postId, "--json"])).out) as { id: string };
    await run(["submit", copy.id]);
    expect((await run(["approve", copy.id, "--undo"])).code).toBe(5);
    const { out } = await run(["approve", copy.id, "--yes"]);
    expect(out).toMatch(/^Until \d\d:\d\d:\d\d you can take it back: galley approve [\da-f-]{36} --undo$/mu);
    expect(await run(["approve", copy.id, "--undo"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("Taken back: the post is in review."),
    });
    const again = JSON.parse((await run(["approve", copy.id, "--yes", "--json"])).out) as {
      undoUntil: string;
    };
    expect(Date.parse(again.undoUntil)).toBeGreaterThan(0);
  });

  test("a time that the clock skips wants a rule", async () => {
    const { code, err } = await run(["schedule", postId, "--at", "2027-03-28T02:30"]);
    expect([code, err]).toEqual([2, expect.stringContaining("--rule")]);
  });

  test("publish, status, doctor", async () => {
    expect(await run(["publish", postId, "--wait"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("confirmed"),
    });
    const { out } = await run(["status", postId, "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      status: "published",
      deliveries: [{ state: "confirmed" }, { state: "confirmed" }],
    });
    expect((await run(["publish", postId])).code).toBe(5);
    const copy = JSON.parse((await run(["copy", postId, "--json"])).out) as Record<string, unknown>;
    expect(copy).toMatchObject({ status: "draft" });
    expect(copy["id"]).not.toBe(postId);
    expect(await run(["doctor"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("ok   Sandbox @newcomer: @newcomer answers"),
    });
  });

  test("nothing in a post acts on the terminal that shows it", async () => {
    const title = "Look\u001b]0;owned\u0007 \u009b2Jhere\u202egnp.\r\n  status   approved";
    const { id } = await call<{ id: string }>(addressOf("createPost"), { title, variants: [] });
    for (const name of ["show", "status", "cancel", "approve"]) {
      const { out, err } = await run([name, id]);
      expect([name, /\p{Cc}|\u202e/u.test((out + err).replaceAll("\n", ""))]).toEqual([name, false]);
    }
  });

  test("what a person decides about a delivery is refused where nothing asks for it", async () => {
    expect((await run(["resolve", postId])).code).toBe(2);
    expect((await run(["resolve", postId, "--absent", "--live"])).code).toBe(2);
    for (const argv of [
      ["resolve", postId, "--absent"],
      ["retry", postId],
      ["leave", postId],
    ]) {
      const { code, err } = await run(argv);
      expect([code, err]).toEqual([1, expect.stringContaining("Nothing of this post waits for that")]);
    }
    const nowhere = await run(["leave", postId, "--channel", "telegram"]);
    expect([nowhere.code, nowhere.err]).toEqual([4, expect.stringContaining("telegram")]);
    const live = await run(["leave", postId, "--channel", "@newcomer"]);
    expect([live.code, live.err]).toEqual([5, expect.stringContaining("Only what has stopped")]);
  });

  test("a thread of which one part is live is left as it is", async () => {
    const { items } = JSON.parse((await run(["channels", "--json"])).out) as {
      items: { id: string; connector: string }[];
    };
    const channelId = items.find(({ connector }) => connector === "sandbox")?.id ?? "";
    const id = await halfLive(channelId);
    expect(await run(["status", id])).toMatchObject({ out: expect.stringContaining("missed") });
    await toldAsDuplicate(id);
    const { code, err } = await run(["retry", id]);
    expect([code, err]).toEqual([2, expect.stringContaining("people would see it twice. Send it again?")]);
    expect(await run(["leave", id])).toMatchObject({ code: 0, out: expect.stringContaining("partly") });
    expect(JSON.parse((await run(["status", id, "--json"])).out)).toMatchObject({
      status: "partly",
      deliveries: [{ state: "partly" }],
    });
    expect((await run(["retry", id, "--channel", "sandbox"])).code).toBe(5);
  });

  test("doctor marks what is only worth knowing, and lists a disconnected channel", async () => {
    const email = commandLine.database.system.updateTable("channels").where("connector", "=", "email");
    await email.set({ status: "disconnected" }).execute();
    const { code, out } = await run(["doctor"]);
    await email.set({ status: "connected" }).execute();
    expect(code).toBe(0);
    expect(out).toMatch(/^note Email .*: This channel is disconnected/mu);
    expect(out).not.toMatch(/^ok .*note:/mu);
  });
});

test.each([[["key"]], [["key", "generate"]]])("%j prints a new key, and what to do with it", async (argv) => {
  const first = await run(argv);
  const second = await run(argv);
  expect(Buffer.from(first.out.trim(), "base64")).toHaveLength(32);
  expect(first.out).not.toBe(second.out);
  expect(first.err).toContain("GALLEY_KEY=");
  expect((await run([...argv, "--json"])).err).toBe("");
});

describe("material that is refused", () => {
  test.each([
    ["a missing file", () => Promise.resolve("missing.md"), 4, "no file"],
    ["a folder", () => Promise.resolve("."), 2, "folder"],
    ["five megabytes", () => file("large.md", "long ".repeat(1_000_000)), 5, "2 MB"],
    ["binary data", () => file("binary.md", Uint8Array.from([0, 1, 2, 3, 0, 255])), 5, "not a text"],
    [
      "half a character in UTF-8",
      () => file("half.md", Uint8Array.from([0x61, 0xed, 0xa0, 0x80, 0x62])),
      5,
      "not a text",
    ],
    ["an empty file", () => file("empty.md", " \n"), 5, "empty"],
    ["a private address", () => Promise.resolve("http://10.0.0.1/"), 5, "private network"],
    ["no such host", () => Promise.resolve("http://galley-test.invalid/"), 1, "cannot be found"],
  ])("%s", async (_, source, expected, words) => {
    const { code, err } = await run(["draft", await source(), "--to", "sandbox", "--json"]);
    expect(code).toBe(expected);
    expect((JSON.parse(err) as { error: { message: string } }).error.message).toContain(words);
  });
});

describe("posts from a spreadsheet", () => {
  const table = "text,channels\nfrom a spreadsheet,@newcomer\nnobody,@nowhere\n";

  test("are checked, imported once, and exported", async () => {
    const name = await file("posts.csv", table);
    const dry = await run(["import", name, "--dry-run"]);
    expect(dry).toMatchObject({
      code: 1,
      out: expect.stringContaining("Lines: 1 can be imported, 1 broken"),
      err: expect.stringContaining("1 line is broken"),
    });
    expect(dry.out).toMatch(/^3 +channels +There is no connected channel "@nowhere"/mu);
    const first = await run(["import", name, "--json"]);
    expect(first.code).toBe(1);
    expect(JSON.parse(first.out)).toMatchObject({ counts: { made: 1, broken: 1 }, broken: [{ line: 3 }] });
    expect(JSON.parse(first.err)).toMatchObject({ error: { code: "cli.import_broken_lines" } });
    const again = await run(["import", name]);
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining("1 imported before") });
    const good = await file("good.csv", "sep=;\ntext;channels;;\n'tis from Excel;sandbox\n");
    expect(await run(["import", good])).toMatchObject({ code: 0, err: "" });
    expect((await run(["export", "out.csv"])).code).toBe(0);
    expect(await readFile(path.join(folder, "out.csv"), "utf8")).toContain('"from a spreadsheet"');
    expect((await run(["export", "out.csv"])).code).toBe(1);
  });

  test("that are none are refused with the reason", async () => {
    expect((await run(["import", "missing.csv"])).code).toBe(4);
    const { code, err } = await run(["import", await file("bad.csv", "words\nx\n")]);
    expect([code, err]).toEqual([5, expect.stringContaining('no column "words"')]);
  });
});

test("series are listed, and a queue without slots says so", async () => {
  expect(await run(["series"])).toMatchObject({ code: 0, out: expect.stringContaining("No series yet") });
  const { out } = await run(["posts", "--status", "draft", "--json"]);
  const { items } = JSON.parse(out) as { items: { id: string }[] };
  const { code, err } = await run(["queue", items[0]?.id ?? ""]);
  expect([code, err]).toEqual([5, expect.stringContaining("slots")]);
});

test("a series is made of a post, and says what it repeats", async () => {
  const { out } = await run(["posts", "--status", "draft", "--json"]);
  const [{ id } = { id: "" }] = (JSON.parse(out) as { items: { id: string }[] }).items;
  for (const [flags, words] of [
    [["--every", "fortnight", "--at", "09:00"], "2-weeks"],
    [["--every", "week", "--at", "09:00"], "mon,thu"],
    [["--every", "month", "--on", "someday", "--at", "09:00"], "last-fri"],
    [["--every", "day", "--at", "nine"], "09:00"],
    [["--every", "day", "--at", "09:00", "--zone", "Mars/Base"], "time zone"],
    [["--every", "day", "--at", "09:00", "--until", "2031-01-01", "--count", "3"], "not both"],
  ] as const) {
    const { code, err } = await run(["series", "create", id, ...flags]);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
  }
  const weekly = ["--every", "2-weeks", "--on", "thu,mon", "--at", "09:30", "--from", "2031-01-06"];
  const made = await run(["series", "create", id, ...weekly, "--count", "4", "--json"]);
  expect(made.code).toBe(0);
  const series = JSON.parse(made.out) as { id: string };
  expect(series).toMatchObject({
    rule: {
      repeat: { every: "week", interval: 2, weekdays: [1, 4] },
      zone: "Europe/Berlin",
      end: { kind: "count", count: 4 },
    },
    dates: expect.arrayContaining([expect.objectContaining({ wall: "2031-01-06T09:30" })]),
  });
  expect((await run(["series"])).out).toContain(series.id.slice(0, 8));
  const monthly = ["--every", "month", "--on", "last-fri", "--at", "09:30"];
  const { items } = JSON.parse((await run(["posts", "--status", "draft", "--json"])).out) as {
    items: { id: string }[];
  };
  const other = items.find((post) => post.id !== id)?.id ?? "";
  expect((await run(["series", "create", other, ...monthly])).out).toContain("galley series approve");
  const approved = await run(["series", "approve", series.id, "--yes"]);
  expect(approved.out).toMatch(/you can take it back: galley series approve [\da-f-]{36} --undo/u);
  expect((await run(["series", "approve", series.id, "--undo"])).out).toContain("is not approved");
});

describe("an app of the workspace's own", () => {
  const secret = "x-Y7_9kLmQpRsTuVwXyZ0123456789abcdefghij";
  const keys = ["--set", "clientId=VGhpc0lzTm90QVJlYWw6MTpjaQ", "appPostsPerDay=17"];

  test("is entered with its secret from standard input, which is never printed", async () => {
    expect((await run(["apps"])).out).toMatch(/^x +none +clientId, clientSecret/mu);
    expect((await run(["apps", "set", "bluesky"])).code).toBe(4);
    expect((await run(["apps", "set", "x", ...keys])).code).toBe(5);
    const odd = await run(["apps", "set", "x", ...keys, "--secret-stdin"], `"${secret}"\n`);
    expect([odd.code, odd.err]).toEqual([5, expect.stringContaining("Quotation marks")]);
    const inline = await run(["apps", "set", "x", "--set", `clientSecret=${secret}`]);
    expect(inline.code).toBe(2);
    const stored = await run(["apps", "set", "x", ...keys, "--secret-stdin", "--clean"], `"${secret}"\n`);
    expect(stored).toMatchObject({ code: 0, out: expect.stringContaining("/api/v1/oauth/x/callback") });
    for (const { out, err } of [odd, inline, stored]) expect(out + err).not.toContain(secret);
    expect((await run(["apps"])).out).toMatch(/^x +your own .*appPostsPerDay=17/mu);
  });

  test("keeps what is not named, and goes away again", async () => {
    const changed = await run(["apps", "set", "x", "--set", "appPostsPerDay=20", "--json"]);
    expect(JSON.parse(changed.out)).toMatchObject({ source: "workspace", missing: [] });
    const wrong = await run(["apps", "set", "x", "--set", "appPostsPerDay=many"]);
    expect([wrong.code, wrong.err]).toEqual([5, expect.stringContaining("Posts a day, whole app")]);
    expect((await run(["apps", "remove", "x"])).code).toBe(0);
    expect((await run(["apps"])).out).toMatch(/^x +none/mu);
  });
});

test("logout ends the session at the server too", async () => {
  const sessions = path.join(folder, "galley", "sessions.json");
  const { [new URL(galley.url).origin]: session } = JSON.parse(await readFile(sessions, "utf8")) as Record<
    string,
    { token: string }
  >;
  expect((await run(["logout"])).code).toBe(0);
  expect((await run(["posts"])).code).toBe(3);
  expect((await run(["posts"], "", { GALLEY_TOKEN: session?.token })).code).toBe(3);
});
