import { existsSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";

// The shell first: without the parts of a browser that draw its own windows it needs a tenth of the work.
const candidates = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
/** The browser that is there, if any. */
export const executablePath = candidates.find((path) => existsSync(path));

/** Why the browser tests cannot run here; null where they can. */
export const noBrowser = executablePath
  ? null
  : "Chromium is not installed (apt-get install chromium-headless-shell)";
if (noBrowser) console.warn(`Skipped the browser tests: ${noBrowser}`);

export function launch(): Promise<Browser> {
  // Debian's Chromium starts as root in a container only without its own sandbox.
  // And the tests read English, also on a machine that speaks another language.
  return chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ["--no-sandbox", "--lang=en-US"],
  });
}

export type Role = Parameters<Page["getByRole"]>[0];

/** Presses Tab until the control has the focus, as a person without a mouse would; fails when it is out of reach. */
export async function tabTo(page: Page, role: Role, name: string | RegExp): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await target.waitFor();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach the ${role} ${String(name)} on ${page.url()}`);
}

/** Tab to it, Enter on it. */
export async function press(page: Page, role: Role, name: string | RegExp): Promise<void> {
  await tabTo(page, role, name);
  await page.keyboard.press("Enter");
}

/** Tab to the field, then type. */
export async function type(page: Page, name: string | RegExp, text: string): Promise<void> {
  await tabTo(page, "textbox", name);
  await page.keyboard.insertText(text);
}
