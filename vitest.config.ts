import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./test/support/slowest-first.ts";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "emulator/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.peer.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 3,
    // Files that share a process load Galley's modules once. None may leave anything of its own behind in them.
    isolate: false,
    sequence: { sequencer: SlowestFirst },
    // For tests that hang; a machine that is slow for a while is no fault.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
