import { z } from "zod";
import { meSchema } from "../answers.ts";
import type { Api } from "../api.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { openProgress } from "../progress.ts";

/** doctor. */
export const doctorCommands: Register = (program, action) => {
  program
    .command("doctor")
    .description("check the server, your session and every channel, with what to do")
    .action(action(doctor));
};

/** `note`: worth knowing, and nothing is broken. */
type Finding = { name: string; ok: boolean; level: "ok" | "note" | "failure"; message: string };

const marks = { ok: "ok  ", note: "note", failure: "FAIL" };

function finding(name: string, level: Finding["level"], message: string): Finding {
  return { name, ok: level !== "failure", level, message };
}

const readySchema = z.object({
  checks: z.record(z.string(), z.looseObject({ ok: z.boolean(), message: z.string() })).optional(),
});

/** One finding after the other; what depends on something broken is not tried. */
async function doctor(context: Context): Promise<void> {
  const findings: Finding[] = [];
  const isUp = await examine(findings, "server", async () => {
    await context.publicApi().state("/health", z.unknown());
    return `answers at ${context.server}`;
  });
  if (isUp) {
    // From another machine the server tells its state to who is signed in.
    await readiness(await context.api().catch(() => context.publicApi()), findings);
    const isSignedIn = await examine(findings, "session", async () => {
      const me = await (await context.api()).call("whoAmI", { schema: meSchema });
      return `${me.user.email}, ${me.role ?? "no role"} of ${me.workspace?.name ?? "no workspace"}`;
    });
    if (isSignedIn) await account(context, await context.api(), findings);
  }
  const ok = findings.every((finding) => finding.ok);
  context.print({ ok, findings }, () =>
    findings.map(({ level, name, message }) => `${marks[level]} ${name}: ${message}`).join("\n"),
  );
  if (!ok) throw new CliFailure("failure", "Something needs attention; see above.", { code: "cli.doctor" });
}

async function examine(findings: Finding[], name: string, look: () => Promise<string>): Promise<boolean> {
  try {
    findings.push(finding(name, "ok", await look()));
    return true;
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    findings.push(finding(name, "failure", error.message));
    return false;
  }
}

async function readiness(api: Api, findings: Finding[]): Promise<void> {
  await examine(findings, "readiness", async () => {
    const { checks } = await api.state("/ready", readySchema);
    if (checks === undefined) throw new CliFailure("notSignedIn", "Sign in first, to see how its parts are.");
    for (const [name, { ok, message }] of Object.entries(checks))
      findings.push(finding(name, ok ? "ok" : "failure", message));
    return "every part was asked";
  });
}

async function account(context: Context, api: Api, findings: Finding[]): Promise<void> {
  await examine(findings, "drafter", async () => {
    const { label } = await api.call("getDrafter", { schema: z.object({ label: z.string() }) });
    return label;
  });
  await examine(findings, "deliveries", async () => {
    const { items } = await api.call("listStuckDeliveries", { schema: stuckSchema });
    for (const { id, postTitle, state, since } of items) {
      const message = `“${postTitle}” is ${state.replaceAll("_", " ")} and should have been sent or have asked by ${since}. Look for ${id} in the log of the workers, and cancel the post if it is not wanted any more.`;
      findings.push(finding("delivery", "failure", message));
    }
    return items.length === 0
      ? "each is sent, on its way, or asks"
      : `${items.length} neither sent nor asking`;
  });
  await examine(findings, "channels", async () => {
    const { items } = await api.call("listPlatforms", { schema: platformsSchema });
    const used = items.filter(
      ({ accounts }) => accounts.connected + accounts.needsReconnect + accounts.disconnected > 0,
    );
    const progress = await openProgress(context.io, !context.json);
    for (const [index, platform] of used.entries()) {
      progress.show(index, used.length, platform.name);
      // One platform that cannot be examined hides none of the others.
      await examine(findings, platform.name, () => examinePlatform(api, platform, findings));
    }
    progress.end();
    return used.length === 0
      ? "none connected; start with galley connect sandbox"
      : `${used.reduce((sum, { accounts }) => sum + accounts.connected, 0)} connected`;
  });
}

const stuckSchema = z.object({
  items: z.array(z.object({ id: z.string(), postTitle: z.string(), state: z.string(), since: z.string() })),
});

const platformsSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      app: z.unknown(),
      accounts: z.object({ connected: z.number(), needsReconnect: z.number(), disconnected: z.number() }),
    }),
  ),
});
type Platform = z.output<typeof platformsSchema>["items"][number];

const foundSchema = z.object({ level: z.string(), problem: z.string(), fix: z.string() });
const reportSchema = z.object({
  redirectUri: z.string().nullable(),
  findings: z.array(foundSchema),
  channels: z.array(z.object({ channel: z.object({ handle: z.string() }), findings: z.array(foundSchema) })),
});

async function examinePlatform(api: Api, { id, name, app }: Platform, findings: Finding[]): Promise<string> {
  const report = await api.call("examinePlatform", { params: { connector: id }, schema: reportSchema });
  const about = [
    ...report.findings.map((found) => ({ about: name, found })),
    ...report.channels.flatMap(({ channel, findings: all }) =>
      all.map((found) => ({ about: `${name} ${channel.handle}`, found })),
    ),
  ];
  for (const { about: subject, found } of about) {
    const message = [found.problem, found.fix].filter(Boolean).join(" ");
    const level = found.level === "ok" ? "ok" : found.level === "error" ? "failure" : "note";
    findings.push(finding(subject, level, message));
  }
  return app === null || report.redirectUri === null
    ? "examined"
    : `examined; the redirect address to register there is ${report.redirectUri}`;
}
