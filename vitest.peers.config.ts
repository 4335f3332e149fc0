import { defineConfig } from "vitest/config";

// Run by `npm run test:peers`, which installs what these tests need first.
export default defineConfig({
  test: {
    include: ["test/**/*.peer.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 30_000,
    hookTimeout: 90_000,
  },
});
