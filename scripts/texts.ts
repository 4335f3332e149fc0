import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

// Whether the catalogues of dashboard and server hold each of their messages in each language: `npm run texts` mends the first of
// these, a translator the second.

const tool = fileURLToPath(new URL("tool.ts", import.meta.url));
const config = fileURLToPath(new URL("../tools/lingui.config.ts", import.meta.url));

for (const check of [["sync", "--clean"], ["missing"]]) {
  const checked = spawnSync(
    process.execPath,
    [tool, "lingui", "check", ...check, "--config", config, "--workers", "1", "--verbose"],
    { stdio: "inherit" },
  );
  if (checked.status !== 0) process.exitCode = 1;
}
