import { z } from "zod";
import type { Api } from "../api.ts";
import { channelListSchema, meSchema } from "../answers.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";

/** doctor. */
export const doctorCommands: Register = (program, action) => {
  program
    .command("doctor")
    .description("check the server, your session and every channel, with what to do")
    .action(action(doctor));
};

type Finding = { name: string; ok: boolean; message: string };

const readySchema = z.object({
  checks: z.record(z.string(), z.looseObject({ ok: z.boolean(), message: z.string() })),
});

/** One finding after the other; what depends on something broken is not tried. */
async function doctor(context: Context): Promise<void> {
  const findings: Finding[] = [];
  const isUp = await examine(findings, "server", async () => {
    await context.publicApi().call({ path: "/health", outside: true, schema: z.unknown() });
    return `answers at ${context.server}`;
  });
  if (isUp) {
    await readiness(context.publicApi(), findings);
    const isSignedIn = await examine(findings, "session", async () => {
      const me = await (await context.api()).call({ path: "/me", schema: meSchema });
      return `${me.user.email}, ${me.role ?? "no role"} of ${me.workspace?.name ?? "no workspace"}`;
    });
    if (isSignedIn) await account(await context.api(), findings);
  }
  const ok = findings.every((finding) => finding.ok);
  context.print({ ok, findings }, () =>
    findings.map(({ ok: fine, name, message }) => `${fine ? "ok  " : "FAIL"} ${name}: ${message}`).join("\n"),
  );
  if (!ok) throw new CliFailure("failure", "Something needs attention; see above.", { code: "cli.doctor" });
}

async function examine(findings: Finding[], name: string, look: () => Promise<string>): Promise<boolean> {
  try {
    findings.push({ name, ok: true, message: await look() });
    return true;
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    findings.push({ name, ok: false, message: error.message });
    return false;
  }
}

async function readiness(api: Api, findings: Finding[]): Promise<void> {
  await examine(findings, "readiness", async () => {
    const { checks } = await api.call({ path: "/ready", outside: true, schema: readySchema, accepts: [503] });
    for (const [name, { ok, message }] of Object.entries(checks)) findings.push({ name, ok, message });
    return "every part was asked";
  });
}

async function account(api: Api, findings: Finding[]): Promise<void> {
  await examine(findings, "drafter", async () => {
    const { label } = await api.call({ path: "/drafters", schema: z.object({ label: z.string() }) });
    return label;
  });
  await examine(findings, "channels", async () => {
    const { items } = await api.call({ path: "/channels", schema: channelListSchema });
    const connected = items.filter((channel) => channel.status !== "disconnected");
    for (const channel of connected) {
      await examine(findings, `${channel.connector} ${channel.handle}`, () => checkChannel(api, channel.id));
    }
    return connected.length === 0
      ? "none connected; start with galley connect sandbox"
      : `${connected.length} connected`;
  });
}

const checkedSchema = z.object({
  healthy: z.boolean(),
  cause: z.string().nullable(),
  fix: z.string().nullable(),
});

async function checkChannel(api: Api, id: string): Promise<string> {
  const { healthy, cause, fix } = await api.call({
    method: "POST",
    path: `/channels/${id}/check`,
    schema: checkedSchema,
  });
  if (healthy) return "healthy";
  throw new CliFailure("failure", [cause, fix].filter(Boolean).join(" "));
}
