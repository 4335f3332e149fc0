import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Where screenshots go when a person wants to look at them. */
const shots = process.env["GALLEY_SHOTS"];

/** What axe finds, in a form that a failed test can be read from. */
export async function violations(page: Page): Promise<string[]> {
  // Entering windows fade in; half-transparent text has another contrast.
  await page.waitForTimeout(400);
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`),
  );
}

/** In both themes, and at a phone's width: nothing that axe minds, and nothing wider than the screen. */
export async function inspect(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect
      .soft({ name, colorScheme, found: await violations(page) })
      .toEqual({ name, colorScheme, found: [] });
    if (shots) await page.screenshot({ path: `${shots}/${name}-${colorScheme}.png` });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(100);
  const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  expect.soft({ name, overflow }).toEqual({ name, overflow: 0 });
  if (shots) await page.screenshot({ path: `${shots}/${name}-phone.png` });
  await page.setViewportSize({ width: 1280, height: 900 });
}
