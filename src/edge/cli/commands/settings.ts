import { randomBytes } from "node:crypto";
import { describeConfigProblems, inspectConfig } from "#platform/config";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";

/** config check, key generate: about this machine's settings, without a server. */
export const settingCommands: Register = (program, action) => {
  program
    .command("config")
    .description("the settings of a server in this folder")
    .command("check")
    .description("check all settings and say how to fix each wrong one")
    .action(action(checkSettings));
  const key = program
    .command("key")
    .description("the key that secrets are sealed under; alone, the same as key generate")
    .action(action(generateKey));
  key
    .command("generate")
    .description("print a new GALLEY_KEY; it is stored nowhere")
    .action(action(generateKey));
};

function checkSettings(context: Context): Promise<void> {
  const { config, findings } = inspectConfig(context.io.environment, context.io.folder);
  context.print(
    { ok: config !== null, findings },
    () => describeConfigProblems(findings) || "All settings are fine.",
  );
  if (config === null)
    throw new CliFailure("failure", "A server would not start with these settings.", { code: "cli.config" });
  return Promise.resolve();
}

function generateKey(context: Context): Promise<void> {
  const key = randomBytes(32).toString("base64");
  context.print({ key }, () => key);
  context.note(
    [
      "This is a new key; Galley has stored it nowhere.",
      "  1. Keep it in a password manager: without it the connected channels of a backup cannot be opened.",
      "  2. Set it where the server starts: GALLEY_KEY=<the key>, in its environment or in a file .env with mode 600.",
      "  3. A new installation is ready with that. For one that has channels, set GALLEY_FORMER_KEY=<its present key>",
      "     (GALLEY_KEY, or the file galley.key in its data folder) as well, for one start: it takes the secrets over.",
    ].join("\n"),
  );
  return Promise.resolve();
}
