import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const door = fileURLToPath(new URL("../../bin/galley.mjs", import.meta.url));

/** What the door does where the program says that it is another version of Node. */
function startedAs(version: string): Promise<{ code: unknown; said: string }> {
  // The door reads the version and nothing else of its Node, and reads it before it imports anything.
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" })`;
  const as = `data:text/javascript,${encodeURIComponent(pretend)}`;
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", as, door, "--help"], (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, said: stdout + stderr });
    });
  });
}

test.each(["14.21.3", "20.20.2", "22.23.0"])(
  "under Node %s the program says in a sentence what it needs",
  async (old) => {
    const { code, said } = await startedAs(old);
    expect(code).toBe(1);
    expect(said).toBe(
      `Galley needs Node 24 or newer, and this is Node ${old}. Start it with \`npm start\` or \`npm run galley\`, ` +
        "which use the Node that Galley brings along.\n",
    );
  },
);

test("the Node that Galley brings along is new enough for it", async () => {
  const { dependencies } = JSON.parse(
    await readFile(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { dependencies: { node: string } };
  expect(await startedAs(dependencies.node)).toMatchObject({
    code: 0,
    said: expect.stringContaining("Usage:"),
  });
});
