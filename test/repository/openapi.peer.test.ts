import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Tenants, startTenants } from "../tenants/tenants.harness.ts";

let tenants: Tenants;
let folder: string;

beforeAll(async () => {
  tenants = await startTenants();
  folder = await mkdtemp(join(tmpdir(), "galley-openapi-"));
});
afterAll(async () => {
  await tenants.close();
  await rm(folder, { recursive: true });
});

test(
  "Redocly finds nothing in the description of the API but what is written down",
  { timeout: 300_000 },
  async () => {
    const file = join(folder, "openapi.json");
    await writeFile(file, (await tenants.app.inject("/openapi.json")).body);
    const options = ["lint", file, "--config", "test/redocly.yaml", "--format", "json"];
    const { stdout, stderr } = spawnSync(process.execPath, ["scripts/tool.ts", "redocly", ...options], {
      encoding: "utf8",
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
      maxBuffer: 50_000_000,
    });
    const report = stdout.slice(stdout.indexOf("{"));
    expect(report, stderr).toMatch(/^\{/u);
    const { totals, problems } = JSON.parse(report) as {
      totals: { errors: number; warnings: number };
      problems: { ruleId: string; message: string; location: { pointer: string }[] }[];
    };
    const found = problems.map(
      ({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer} ${message}`,
    );
    expect(found).toEqual([]);
    expect(totals).toMatchObject({ errors: 0, warnings: 0 });
  },
);
