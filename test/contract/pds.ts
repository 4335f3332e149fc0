import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const ready = z.object({ url: z.url(), did: z.string(), handle: z.string(), appPassword: z.string() });

export type Pds = z.output<typeof ready> & { stop(): Promise<void> };

/** Starts a real personal data server in the Node that `GALLEY_PEERS_NODE` names; see test/peers. */
export async function startPds(): Promise<Pds> {
  // oxlint-disable-next-line node/no-process-env -- set by scripts/test-peers.ts
  const node = process.env["GALLEY_PEERS_NODE"] ?? "node";
  const script = fileURLToPath(new URL("../peers/pds.cjs", import.meta.url));
  const child = spawn(node, [script], { stdio: ["pipe", "pipe", "pipe"], env: { LOG_ENABLED: "false" } });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes('"appPassword"')) continue;
    // What it logs from now on is nobody's business, but an unread pipe would stop it.
    child.stdout.resume();
    return {
      ...ready.parse(JSON.parse(line)),
      async stop() {
        child.stdin.end();
        await ended;
      },
    };
  }
  throw new Error(`the personal data server did not start: ${errors}`);
}
