import { flushCompileCache } from "node:module";
import type { ProcessRole } from "#platform/config";
// Everything else is imported when this has run. `bin/galley.mjs` has done so before; who starts this file has not.
// oxlint-disable-next-line import/no-unassigned-import -- it has nothing to give; what counts is that it runs first
import "./compile-cache.mjs";

// The only file, beside the settings that it passes on, that touches the process itself.

const roles: Record<string, readonly ProcessRole[]> = {
  serve: ["api", "worker"],
  api: ["api"],
  worker: ["worker"],
};

/** Stops on the first signal, finishing what runs; at once on the second, or when patience ends. */
function stopOnSignals(stop: () => Promise<void>, graceMs: number): void {
  let isStopping = false;
  function onSignal(signal: NodeJS.Signals): void {
    if (isStopping) process.exit(signal === "SIGINT" ? 130 : 143);
    isStopping = true;
    setTimeout(() => {
      process.stderr.write(
        "Galley did not finish in time and ends now; what was interrupted goes on at the next start.\n",
      );
      process.exit(1);
    }, graceMs).unref();
    void stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  }
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

async function serve(command: string): Promise<void> {
  const [{ loadConfig }, { startGalley }, { withFreePort }] = await Promise.all([
    import("#platform/config"),
    import("./serve.ts"),
    import("./free-port.ts"),
  ]);
  // oxlint-disable-next-line node/no-process-env -- read once, here, and handed to the settings
  const config = await withFreePort(loadConfig(process.env, process.cwd(), roles[command]));
  const galley = await startGalley(config);
  stopOnSignals(galley.stop, config.shutdownGraceMs);
  const role = command === "worker" ? "Galley's worker runs" : `Galley is ready at ${galley.url}`;
  process.stdout.write(`${role}\n`);
  if (galley.setUpUrl !== null) process.stdout.write(`Set it up at ${galley.setUpUrl}\n`);
  flushCompileCache();
}

async function main(argv: string[]): Promise<void> {
  const [command] = argv;
  // With anything after its name it is about the command: its help, or a mistake.
  if (command !== undefined && Object.hasOwn(roles, command) && argv.length === 1) {
    try {
      await serve(command);
    } catch (error) {
      const { GalleyError, markInvisible } = await import("#kit");
      // What Galley says on purpose is for the reader; anything else is a mistake of ours, with its trace.
      const isExpected = error instanceof GalleyError;
      const words = isExpected ? error.message : error instanceof Error ? error.stack : String(error);
      process.stderr.write(`${markInvisible(words ?? "")}\n`);
      process.exit(1);
    }
    return;
  }
  const [{ runCli }, { readVersion }] = await Promise.all([
    import("../edge/cli/index.ts"),
    import("./version.ts"),
  ]);
  const { stdin, stdout, stderr } = process;
  const version = await readVersion();
  const describeApi = async (publicUrl: string) => {
    const { describeContracts } = await import("../edge/http/docs/describe.ts");
    return describeContracts({ version, publicUrl });
  };
  // oxlint-disable-next-line node/no-process-env -- handed to the settings, as for a server
  const io = { stdin, stdout, stderr, environment: process.env, folder: process.cwd(), version, describeApi };
  process.exitCode = await runCli(argv, io);
}

await main(process.argv.slice(2));
