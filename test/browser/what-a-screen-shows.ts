import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";

/** Loads the probes into every page that follows, before its own scripts. */
export async function installProbes(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: fileURLToPath(new URL("probes.js", import.meta.url)) });
}

/** Lets every answer of the API take its time, each another one, so that a page is seen in all its steps. */
export async function slowAnswers(context: BrowserContext): Promise<void> {
  await context.route("**/api/**", async (route) => {
    const letters = Array.from(
      new URL(route.request().url()).pathname,
      (letter) => letter.codePointAt(0) ?? 0,
    );
    const some = letters.reduce((sum, letter) => (sum * 31 + letter) % 997, 7);
    await new Promise((resolve) => {
      setTimeout(resolve, 60 + (some % 4) * 90);
    });
    await route.continue();
  });
}

export function layoutShift(page: Page): Promise<{ total: number; worst: unknown }> {
  return page.evaluate("galleyProbes.layoutShift()");
}

export function repeatedIds(page: Page): Promise<string[]> {
  return page.evaluate("galleyProbes.repeatedIds()");
}

export function gluedNames(page: Page): Promise<string[]> {
  return page.evaluate("galleyProbes.gluedNames()");
}

export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate("galleyProbes.smallTargets()");
}
