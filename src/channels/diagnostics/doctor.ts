import type { Connector } from "#connectors";
import { ConnectorFailure } from "#connectors";
import { GalleyError, isLoopbackName, type Actor } from "#kit";
import { checkChannel } from "../accounts/manage.ts";
import type { AppView } from "../apps/app.ts";
import { isOtherApp } from "../apps/other-app.ts";
import { versionsInUse } from "../apps/versions.ts";
import { redirectUriOf } from "../connect/oauth.ts";
import type { ChannelDeps, DoctorDeps } from "../deps.ts";
import { patienceMs } from "../model/ask-platform.ts";
import type { Channel, ChannelCheck } from "../model/channel.ts";
import { connectorOf } from "../model/find.ts";
import { isRenewable } from "../tokens/due.ts";
import { dayMs, endingsOf, type Ending } from "../tokens/expiry.ts";
import { type DatabaseTime, examineClocks, listening, readDatabaseTime } from "./clocks.ts";
import type { DoctorFinding } from "./finding.ts";

export type PlatformReport = {
  connector: string;
  name: string;
  /** The exact address to register there; null where nothing is registered. */
  redirectUri: string | null;
  findings: DoctorFinding[];
  channels: { channel: Channel; findings: DoctorFinding[] }[];
};

/** Everything that can be known about the connection to one platform, with cause and fix for what fails. */
export async function examinePlatform(
  deps: DoctorDeps,
  actor: Actor,
  { connectorId, channelId }: { connectorId: string; channelId: string | null },
): Promise<PlatformReport> {
  const connector = connectorOf(deps.connectors, connectorId);
  const all = await deps.list(actor.workspaceId);
  const channels = all.filter(
    (channel) => channel.connector === connectorId && (channelId === null || channel.id === channelId),
  );
  const isOAuth = connector.connect.kind === "oauth";
  const time = await readDatabaseTime(deps);
  const registers = connector.connect.kind === "oauth" && connector.connect.app !== null;
  return {
    connector: connector.id,
    name: connector.name,
    redirectUri: isOAuth ? redirectUriOf(deps.publicUrl, connector.id) : null,
    findings: [
      ...(await appFindings(deps, actor, connector)),
      ...(registers ? addressFindings(deps.publicUrl) : []),
      ...(await versionFindings(deps, actor, connector)),
    ],
    channels: await Promise.all(
      channels.map(async (channel) => examineChannel(deps, actor, { connector, channel, time })),
    ),
  };
}

async function appFindings(deps: ChannelDeps, actor: Actor, connector: Connector): Promise<DoctorFinding[]> {
  try {
    const view = await deps.apps.view(actor.workspaceId, connector);
    return view ? describeApp(connector, view, deps.clock.now()) : [];
  } catch (error) {
    if (!(error instanceof GalleyError)) throw error;
    const fix = "Enter the app's values again, or put the former GALLEY_KEY back.";
    return [{ level: "error", code: "doctor.app_unreadable", problem: error.message, fix, at: null }];
  }
}

function describeApp(connector: Connector, view: AppView, now: Date): DoctorFinding[] {
  const found: DoctorFinding[] = [];
  const missing = view.fields.filter(({ key }) => view.missing.includes(key)).map(({ label }) => label);
  if (missing.length > 0) {
    const problem = `${connector.name} is not set up: ${missing.join(" and ")} of your app are missing.`;
    const fix = `Register an app at ${view.consoleUrl} with the redirect address shown here, and enter its values.`;
    found.push({ level: "error", code: "doctor.app_missing", problem, fix, at: null });
  } else {
    const whose = view.source === "workspace" ? "this workspace's own" : "the installation's";
    found.push(fine("doctor.app", `The app is set up: ${whose}.`));
  }
  for (const { field, code, message } of view.findings) {
    const label = view.fields.find(({ key }) => key === field)?.label ?? field;
    const fix = "Copy it again from the platform's page and enter it here.";
    found.push({ level: "warning", code, problem: `${label}: ${message}`, fix, at: null });
  }
  if (view.secretEndsAt) {
    found.push(dated({ subject: "secret", key: "", endsAt: view.secretEndsAt }, now, connector.name));
  }
  return found;
}

/** What platforms demand of an address that they send people back to (RFC 9700 section 2.1, RFC 8252 section 7.3). */
function addressFindings(publicUrl: string): DoctorFinding[] {
  const { protocol, hostname } = new URL(publicUrl);
  if (isLoopbackName(hostname)) {
    const problem = `People reach this installation at ${publicUrl}, which works only in a browser on this machine.`;
    const fix =
      "Fine for a trial, where the platform takes such an address. Otherwise set PUBLIC_URL to the https address that people use.";
    return [{ level: "warning", code: "doctor.loopback", problem, fix, at: null }];
  }
  if (protocol === "https:") {
    return [fine("doctor.address", `Platforms lead people back to ${publicUrl}, over https.`)];
  }
  const problem = `PUBLIC_URL is ${publicUrl}; platforms send people back to https addresses only.`;
  const fix = "Put a proxy with a certificate in front, and set PUBLIC_URL to its https address.";
  return [{ level: "error", code: "doctor.not_https", problem, fix, at: null }];
}

async function versionFindings(
  deps: ChannelDeps,
  actor: Actor,
  connector: Connector,
): Promise<DoctorFinding[]> {
  const versions = await versionsInUse(deps, actor.workspaceId, connector);
  return versions.map(({ name, endsAt }) =>
    endsAt === null
      ? fine("doctor.api_version", `Version ${name} of the API has no announced end.`)
      : dated({ subject: "api_version", key: name, endsAt }, deps.clock.now(), connector.name),
  );
}

async function examineChannel(
  deps: DoctorDeps,
  actor: Actor,
  { connector, channel, time }: { connector: Connector; channel: Channel; time: DatabaseTime },
): Promise<PlatformReport["channels"][number]> {
  if (channel.status === "disconnected") {
    const problem = "This channel is disconnected: nothing is sent there.";
    const fix = "Connect the account again if posts should go out there; its posts are kept.";
    return {
      channel,
      findings: [{ level: "info", code: "doctor.disconnected", problem, fix, at: null }],
    };
  }
  const findings: DoctorFinding[] = [];
  const listened = listening(deps, time.now);
  const asking = { ...deps, open: listened.open };
  const check = await checked(asking, actor, channel);
  if (check.kind === "failed") findings.push(check.finding);
  else findings.push(...describeCheck(check.found));
  findings.push(...renewal(connector, channel));
  for (const ending of endingsOf(connector, channel)) {
    findings.push(dated(ending, deps.clock.now(), connector.name));
  }
  findings.push(...(await otherApp(deps, connector, channel)));
  if (channel.pausedAt) {
    const fix = "Resume it on the channels page when its posts should go out.";
    const problem = "This channel is paused; its posts wait.";
    findings.push({ level: "info", code: "doctor.paused", problem, fix, at: channel.pausedAt });
  }
  if (check.kind === "checked" && check.found.healthy) {
    findings.push(...(await inspected(asking, actor, connector, channel)));
  }
  findings.push(...(await examineClocks(deps, actor, channel, { heard: listened.heard(), time })));
  const now = check.kind === "checked" ? check.found.channel : channel;
  return { channel: now, findings };
}

type Checked = { kind: "checked"; found: ChannelCheck } | { kind: "failed"; finding: DoctorFinding };

/** A mistake of ours in one connector hides nothing of the others. */
async function checked(deps: DoctorDeps, actor: Actor, channel: Channel): Promise<Checked> {
  try {
    return { kind: "checked", found: await checkChannel(deps, actor, channel.id) };
  } catch (error) {
    if (!(error instanceof GalleyError)) throw error;
    const fix = "Check it again in a while; the server's log tells more.";
    return {
      kind: "failed",
      finding: { level: "error", code: error.code, problem: error.message, fix, at: null },
    };
  }
}

function describeCheck(check: ChannelCheck): DoctorFinding[] {
  const found: DoctorFinding[] = [];
  if (check.healthy) {
    found.push(fine("doctor.probe", `${check.channel.handle} answers, and the access belongs to it.`));
    if (check.channel.scopes.length > 0 && check.missingScopes.length === 0) {
      found.push(fine("doctor.scopes", "Everything that Galley needs was granted."));
    }
  } else {
    const problem = check.cause ?? "The platform did not answer as it should.";
    found.push({ level: "error", code: "doctor.probe", problem, fix: check.fix ?? "", at: null });
  }
  for (const { scope, enables } of check.missingOptional) {
    const problem = `"${scope}" was not granted, so this channel goes without: ${enables}.`;
    const fix = "Connect this channel again and allow it, if you want it.";
    found.push({ level: "info", code: "doctor.optional_scope", problem, fix, at: null });
  }
  return found;
}

/** What ends and nobody has to care about; what somebody has to is told with its date. */
function renewal(connector: Connector, channel: Channel): DoctorFinding[] {
  if (channel.status !== "connected" || !channel.expiresAt || !isRenewable(connector, channel)) return [];
  const until = `${channel.expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const problem = `The present access lasts until ${until} and is renewed by itself before.`;
  return [{ ...fine("doctor.access", problem), at: channel.expiresAt }];
}

/** Only the app that a channel was connected with can renew its tokens. */
async function otherApp(deps: ChannelDeps, connector: Connector, channel: Channel): Promise<DoctorFinding[]> {
  if (!(await isOtherApp(deps, connector, channel))) return [];
  const problem =
    "This channel was connected with another app than the configuration names now, so its access cannot be renewed.";
  const fix = "Connect this channel again with the new app, or put the former client id back.";
  return [{ level: "warning", code: "doctor.other_app", problem, fix, at: channel.expiresAt }];
}

async function inspected(
  deps: DoctorDeps,
  actor: Actor,
  connector: Connector,
  channel: Channel,
): Promise<DoctorFinding[]> {
  if (connector.inspect === null) return [];
  try {
    const { context } = await deps.open(actor.workspaceId, channel.id, AbortSignal.timeout(patienceMs), {
      whilePaused: true,
    });
    return (await connector.inspect(context)).map((finding) => ({ ...finding, at: null }));
  } catch (error) {
    if (!(error instanceof GalleyError)) throw error;
    const isPlatform = error instanceof ConnectorFailure;
    const problem = `A closer look was not possible: ${error.message}`;
    const fix = isPlatform
      ? `Try again in a while; if it stays so, see whether ${connector.name} reports an outage.`
      : "";
    return [{ level: "warning", code: "doctor.inspect", problem, fix, at: null }];
  }
}

const whatEnds: Record<Ending["subject"], (name: string) => { what: string; fix: string }> = {
  access: (name) => ({
    what: "The access",
    fix: `${name} gives no way to renew it; connect this channel again before then.`,
  }),
  consent: () => ({ what: "The consent", fix: "Connect this channel again before then; nothing is lost." }),
  secret: () => ({
    what: "The app's secret",
    fix: "Make a new secret at the platform and enter it here before then.",
  }),
  api_version: () => ({
    what: "The version of the API",
    fix: "Update Galley, or set a newer version, before then.",
  }),
};

/** What ends, by its date: two weeks ahead a warning, afterwards an error. */
function dated(ending: Ending, now: Date, name: string): DoctorFinding {
  const { what, fix } = whatEnds[ending.subject](name);
  const left = ending.endsAt.getTime() - now.getTime();
  const day = ending.endsAt.toISOString().slice(0, 10);
  const code = `doctor.${ending.subject}`;
  if (left <= 0) return { level: "error", code, problem: `${what} ended on ${day}.`, fix, at: ending.endsAt };
  const days = Math.floor(left / dayMs);
  const inDays = days === 0 ? "within a day" : days === 1 ? "in 1 day" : `in ${days} days`;
  const problem = `${what} ends ${inDays}, on ${day}.`;
  if (left > 14 * dayMs) return { level: "ok", code, problem, fix: "", at: ending.endsAt };
  return { level: "warning", code, problem, fix, at: ending.endsAt };
}

function fine(code: string, problem: string): DoctorFinding {
  return { level: "ok", code, problem, fix: "", at: null };
}
