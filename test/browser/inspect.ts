import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Where screenshots go when a person wants to look at them. */
const shots = process.env["GALLEY_SHOTS"];

type Found = { id: string; nodes: { target: unknown[]; html: string }[] };

/**
 * What axe finds, in a form that a failed test can be read from; by these rules alone where some are named. It runs
 * in the page itself, once what moves has come to rest: half-transparent text has another contrast.
 */
export async function violations(page: Page, rules: string[] | null = null): Promise<string[]> {
  await settled(page);
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const options = { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) };
  const found = await page.evaluate<Found[]>(
    `axe.run(document, ${JSON.stringify(options)}).then((results) => results.violations)`,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`),
  );
}

/** Waits for every movement that has an end. A window begins to move in the frame after the one that it appears in. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
    // What inherits a colour that fades begins to fade itself when that has ended.
    for (;;) {
      const moving = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
      if (moving.length === 0) return;
      await Promise.allSettled(moving.map(({ finished }) => finished));
      await new Promise(requestAnimationFrame);
    }
  })()`);
}

/** Shows the page in a theme, as a device that asks for it. */
async function showIn(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(colorScheme === "dark" ? "html.dark" : "html:not(.dark)").waitFor({ state: "attached" });
}

/** What axe finds in the light theme, and of colours in the dark one. */
export async function violationsInBothThemes(page: Page): Promise<{ light: string[]; dark: string[] }> {
  await showIn(page, "light");
  const light = await violations(page);
  await showIn(page, "dark");
  const dark = await violations(page, ["color-contrast"]);
  await showIn(page, "light");
  return { light, dark };
}

/** In both themes, and at a phone's width: nothing that axe minds, and nothing wider than the screen. */
export async function inspect(page: Page, name: string): Promise<void> {
  expect.soft({ name, ...(await violationsInBothThemes(page)) }).toEqual({ name, light: [], dark: [] });
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
  await page.setViewportSize({ width: 390, height: 844 });
  await settled(page);
  expect.soft({ name, overflow: await overflow(page) }).toEqual({ name, overflow: 0 });
  if (shots) await page.screenshot({ path: `${shots}/${name}-phone.png` });
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** How many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
}
