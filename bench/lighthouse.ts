import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnDemand } from "../scripts/on-demand.ts";
import { executablePath, launch } from "../test/browser/chromium.ts";
import { seedManyPosts } from "../test/browser/many-posts.ts";
import { startWithDashboard } from "../test/browser/server.ts";

/**
 * Home, the composer and the calendar of a workspace with 200 posts, as Lighthouse's simulated phone loads them:
 * slow 4G, a quarter of this machine's speed. The best of some runs, since a busy machine only takes away.
 *
 *   npm run lighthouse [-- RUNS]
 *
 * Ends with 1 where accessibility or best practices are below 100, or performance is below 75.
 */
const runs = Number(process.argv[2] ?? "3");
const folder = fileURLToPath(new URL("lighthouse", import.meta.url));
const bars = { performance: 75, accessibility: 100, "best-practices": 100 } as const;
type Category = keyof typeof bars;

installOnDemand(folder, { notice: "Installing Lighthouse, apart from Galley.", environment: process.env });

/** What the performance is made of, as Lighthouse names it: milliseconds, and CLS without a unit. */
const metrics = {
  FCP: "firstContentfulPaint",
  LCP: "largestContentfulPaint",
  TBT: "totalBlockingTime",
  SI: "speedIndex",
  CLS: "cumulativeLayoutShift",
} as const;
type Metric = (typeof metrics)[keyof typeof metrics];
type Run = { scores: Record<Category, number>; metrics: Record<Metric, number> };

/** One run in a process of its own, with its own browser; scores of 0 to 100. */
function measure(url: string, cookie: string): Run {
  const out = mkdtempSync(join(tmpdir(), "galley-lighthouse-"));
  const report = join(out, "report.json");
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        join(folder, "node_modules/lighthouse/cli/index.js"),
        url,
        "--quiet",
        "--output=json",
        `--output-path=${report}`,
        `--only-categories=${Object.keys(bars).join(",")}`,
        `--extra-headers=${JSON.stringify({ cookie })}`,
        "--chrome-flags=--headless=new --no-sandbox",
      ],
      { encoding: "utf8", env: { ...process.env, CHROME_PATH: executablePath } },
    );
    if (status !== 0 || !existsSync(report)) throw new Error(`lighthouse failed on ${url}: ${stderr}`);
    const { categories, audits } = JSON.parse(readFileSync(report, "utf8")) as {
      categories: Record<Category, { score: number | null }>;
      audits: { metrics: { details: { items: [Record<Metric, number>] } } };
    };
    const score = (category: Category) => Math.round((categories[category].score ?? 0) * 100);
    return {
      scores: {
        performance: score("performance"),
        accessibility: score("accessibility"),
        "best-practices": score("best-practices"),
      },
      metrics: audits.metrics.details.items[0],
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const server = await startWithDashboard({ REQUESTS_PER_MINUTE: "1000000" });
const browser = await launch();
let below = 0;
try {
  const context = await browser.newContext({ timezoneId: "Europe/Berlin" });
  const { draft } = await seedManyPosts(await context.newPage(), server.url);
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  await browser.close();
  console.log(
    `load ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores; the bars are for an idle machine`,
  );
  console.log(`screen      performance  accessibility  best practices   (the best of ${runs} runs)`);
  const screens = { home: "/", composer: `/posts/${draft}/edit`, calendar: "/calendar" };
  for (const [name, path] of Object.entries(screens)) {
    const measured = Array.from({ length: runs }, () => measure(server.url + path, cookie)).toSorted(
      (left, right) => right.scores.performance - left.scores.performance,
    );
    const best = (category: Category) => Math.max(...measured.map(({ scores }) => scores[category]));
    const columns = (Object.keys(bars) as Category[]).map((category) => {
      if (best(category) < bars[category]) below += 1;
      return String(best(category)).padStart(11);
    });
    const parts = Object.entries(metrics).map(
      ([short, metric]) => `${short} ${Math.round((measured[0]?.metrics[metric] ?? 0) * 100) / 100}`,
    );
    console.log(`${name.padEnd(10)}  ${columns.join("    ")}   ${parts.join(", ")}`);
  }
} finally {
  await browser.close();
  await server.close();
}
process.exitCode = below > 0 ? 1 : 0;
