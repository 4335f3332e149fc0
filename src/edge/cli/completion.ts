import type { Command } from "commander";

/** The shells that `galley completion` writes a script for. */
const shells = ["bash", "zsh", "fish"];

/**
 * `completion` prints a script for a shell, and `complete` is what that script calls at each press of the tab key.
 */
export function asksForCompletion([name, ...rest]: readonly string[]): boolean {
  return name === "complete" || (name === "completion" && rest.some((word) => shells.includes(word)));
}

/** Fills both commands from the tree of the program; loaded only where they are called. */
export async function addCompletion(program: Command): Promise<void> {
  const { default: addTab } = await import("@bomb.sh/tab/commander");
  addTab(program, { completionCommandName: "completion" });
}

/** What the help says of it while nobody calls it. */
export function describeCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes commands and options when you press tab")
    .addArgument(program.createArgument("<shell>").choices(shells))
    .addHelpText(
      "after",
      `
bash: galley completion bash > ~/.local/share/bash-completion/completions/galley
zsh:  galley completion zsh > "\${fpath[1]}/_galley"
fish: galley completion fish > ~/.config/fish/completions/galley.fish
They call galley by that name, so it must be installed: npm install --global .`,
    );
}
