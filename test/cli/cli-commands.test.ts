import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testPassword } from "../support/app.ts";
import { type CommandLine, startCommandLine } from "../support/command-line.ts";

let run: CommandLine["run"];
let commandLine: CommandLine;

beforeAll(async () => {
  commandLine = await startCommandLine();
  ({ run } = commandLine);
  await run(["init", "--email", "ada@example.com", "--time-zone", "Europe/Berlin"], testPassword);
  await run(["connect", "sandbox"]);
  const posts = ["first of a spreadsheet", "second of a spreadsheet", "third"];
  const lines = posts.map((text) => `${text},sandbox`).join("\n");
  await writeFile(path.join(commandLine.folder, "posts.csv"), `text,channels\n${lines}\n`);
  await run(["import", "posts.csv"]);
}, 90_000);
afterAll(() => commandLine.close());

describe("ids", () => {
  type Posts = { items: { id: string; title: string }[] };
  const posts = async (...flags: string[]) =>
    JSON.parse((await run(["posts", "--json", "--limit", "100", ...flags])).out) as Posts;

  test("are printed as far as they must be, and taken so", async () => {
    const { items } = await posts();
    const lines = (await run(["posts", "--limit", "100"])).out.split("\n").slice(1);
    const short = lines.map((line) => line.split(" ")[0] ?? "").filter((id) => /^[\da-f-]+$/u.test(id));
    expect(short).toHaveLength(items.length);
    for (const [place, { id }] of items.entries()) {
      expect(id.startsWith(short[place] ?? "-")).toBe(true);
      expect((short[place] ?? "").length).toBeLessThan(36);
    }
    const [newest] = items;
    const shown = await run(["show", short[0] ?? "", "--json"]);
    expect(JSON.parse(shown.out)).toMatchObject({ id: newest?.id });
    expect((await run(["status", items.at(-1)?.id.slice(0, 30).toUpperCase() ?? ""])).code).toBe(0);
  });

  test("that begin several posts are told with their titles, and those that begin none are not found", async () => {
    const { items } = await posts();
    const [one, other] = items;
    let shared = 0;
    while (one?.id[shared] === other?.id[shared]) shared += 1;
    const { code, err } = await run(["show", one?.id.slice(0, shared) ?? ""]);
    expect(code).toBe(2);
    for (const post of [one, other]) expect(err).toContain(`${post?.id}  ${post?.title}`);
    expect((await run(["show", "ffffffff"])).code).toBe(4);
    expect((await run(["show", "0000"])).code).toBe(4);
    for (const wrong of ["abc", "not-an-id", "../../me", "0123 "])
      expect((await run(["show", wrong])).code).toBe(2);
  });

  test("are listed by pages and by words", async () => {
    const { items } = await posts();
    const first = await run(["posts", "--limit", "1"]);
    const cursor = /--cursor (\S+)/u.exec(first.out)?.[1] ?? "";
    const second = JSON.parse(
      (await run(["posts", "--limit", "1", "--cursor", cursor, "--json"])).out,
    ) as Posts;
    expect(second.items[0]?.id).toBe(items[1]?.id);
    const named = await posts("--search", "spreadsheet");
    expect(named.items.length).toBeGreaterThan(0);
    expect(named.items.length).toBeLessThan(items.length);
    expect((await run(["posts", "--search", "nowhere-to-be-found"])).out).toBe("No post fits.\n");
    expect((await run(["posts", "--limit", "many"])).code).toBe(5);
  });
});

test("what cannot be taken back is asked for, and without a terminal needs --yes", async () => {
  const { items } = JSON.parse((await run(["posts", "--status", "draft", "--json"])).out) as {
    items: { id: string; title: string }[];
  };
  const [post] = items;
  const { code, err } = await run(["cancel", post?.id ?? ""]);
  expect([code, err]).toEqual([2, expect.stringContaining(`Give up "${post?.title}" (draft)?`)]);
  expect((await run(["cancel", post?.id ?? "", "--yes"])).out).toContain("cancelled");
  expect((await run(["disconnect", "sandbox"])).code).toBe(2);
  expect((await run(["members", "remove", "ada@example.com"])).code).toBe(2);
});

test("what waits for a person is listed with the command that goes on with it", async () => {
  expect((await run(["needs"])).out).toBe("Nothing waits for you.\n");
  const drafts = JSON.parse((await run(["posts", "--status", "draft", "--json"])).out) as {
    items: { id: string; title: string }[];
  };
  const [post] = drafts.items;
  expect((await run(["submit", post?.id ?? ""])).code).toBe(0);
  const { out } = await run(["needs"]);
  expect(out).toContain(`to approve`);
  expect(out).toContain(`galley approve ${post?.id}`);
  expect(JSON.parse((await run(["needs", "--json"])).out)).toMatchObject({
    count: 1,
    items: [{ kind: "approval", postId: post?.id }],
  });
});

test("members, invitations, usage, site and slots have commands", async () => {
  expect((await run(["members"])).out).toMatch(/^email +name +role +since\n\S+@\S+ .* owner /mu);
  expect((await run(["members", "role", "nobody@example.com", "viewer"])).code).toBe(4);
  expect((await run(["invitations"])).out).toContain("Nobody is invited");
  const invited = await run(["invitations", "create", "bob@example.com", "--role", "editor", "--json"]);
  const { id, link } = JSON.parse(invited.out) as { id: string; link: string };
  expect(link).toMatch(/^http/u);
  expect((await run(["invitations"])).out).toContain("bob@example.com");
  expect((await run(["invitations", "revoke", id.slice(0, 20)])).code).toBe(0);
  expect((await run(["usage"])).out).toMatch(/^\d+ calls from /u);
  expect((await run(["site"])).code).toBe(4);
  expect((await run(["site", "set", "--title", "Press"])).code).toBe(2);
  expect((await run(["site", "set", "--title", "Press", "--slug", "press"])).code).toBe(0);
  const site = JSON.parse((await run(["site", "set", "--no-public", "--json"])).out) as object;
  expect(site).toMatchObject({ title: "Press", slug: "press", public: false });
  expect(await run(["connect", "site"])).toMatchObject({
    code: 0,
    out: expect.stringContaining("/site/press"),
  });
  expect((await run(["slots"])).out).toContain("No slots yet");
  const added = await run([
    "slots",
    "add",
    "--channel",
    "site",
    "--on",
    "mon,thu",
    "--at",
    "09:00",
    "--json",
  ]);
  const { items } = JSON.parse(added.out) as { items: { id: string }[] };
  expect(items).toHaveLength(2);
  expect((await run(["slots"])).out).toMatch(/^\S+ +site \/site\/press +thu +09:00/mu);
  expect((await run(["slots", "remove", items[0]?.id ?? ""])).code).toBe(0);
  expect((await run(["disconnect", "site", "--yes"])).code).toBe(0);
});

test("the version, the help of a server and completion need no server", async () => {
  const nowhere = { GALLEY_SERVER: "http://127.0.0.1:1" };
  expect(await run(["--version"], "", nowhere)).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  for (const role of ["serve", "api", "worker"]) {
    expect(await run([role, "--help"], "", nowhere)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Usage: galley ${role}`),
    });
    expect((await run([role, "--port", "1"], "", nowhere)).code).toBe(2);
  }
  expect((await run(["completion", "--help"], "", nowhere)).out).toContain("fish");
  expect((await run(["completion", "tcsh"], "", nowhere)).code).toBe(2);
});

test("the description of the API is what a server gives, and needs none", async () => {
  const served = (await (await fetch(`${commandLine.galley.url}/openapi.json`)).json()) as { paths: object };
  const settings = { GALLEY_SERVER: "http://127.0.0.1:1", PUBLIC_URL: "https://galley.example.com" };
  const printed = await run(["openapi"], "", settings);
  expect(printed).toMatchObject({ code: 0, err: "" });
  const described = JSON.parse(printed.out) as { paths: object; servers: object };
  expect(described.paths).toEqual(served.paths);
  expect(described.servers).toEqual([{ url: "https://galley.example.com" }]);
  expect((await run(["openapi"], "", { ...settings, PUBLIC_URL: "nowhere" })).code).toBe(1);
});
