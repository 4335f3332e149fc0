import type { z } from "zod";
import type { Connector } from "#connectors";
import type { AppView } from "../apps/app.ts";
import { redirectUriOf } from "../connect/oauth.ts";
import type { PlatformReport } from "../diagnostics/doctor.ts";
import type { DoctorFinding } from "../diagnostics/finding.ts";
import type { StandingWarning } from "../maintenance/watch.ts";
import type { Channel } from "../model/channel.ts";
import { optionalScopes } from "../model/scopes.ts";
import { channelToWire } from "./channels.wire.ts";
import type * as schema from "./oauth.schema.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

export function appToWire(view: AppView): z.input<typeof schema.app> {
  const { source, consoleUrl, fields, missing, secretEndsAt, updatedAt } = view;
  return {
    source,
    consoleUrl,
    fields,
    missing,
    secretEndsAt: secretEndsAt?.toISOString() ?? null,
    updatedAt: updatedAt?.toISOString() ?? null,
  };
}

export function platformToWire(
  { publicUrl, guides }: ChannelRoutesOptions,
  connector: Connector,
  channels: readonly Channel[],
  app: AppView | null,
): z.input<typeof schema.platformList>["items"][number] {
  const { connect } = connector;
  const own = channels.filter((channel) => channel.connector === connector.id);
  const count = (status: Channel["status"]) => own.filter((channel) => channel.status === status).length;
  return {
    id: connector.id,
    name: connector.name,
    summary: connector.summary,
    connect: connect.kind,
    configured: app === null || app.missing.length === 0,
    redirectUri: connect.kind === "oauth" ? redirectUriOf(publicUrl, connector.id) : null,
    scopes: connect.kind === "oauth" ? connect.scopes : [],
    optionalScopes: optionalScopes(connector),
    app: app && appToWire(app),
    hasGuide: guides?.has(connector.id) ?? false,
    accounts: {
      connected: count("connected"),
      needsReconnect: count("needs_reconnect"),
      disconnected: count("disconnected"),
    },
  };
}

function findingToWire(finding: DoctorFinding) {
  return { ...finding, at: finding.at?.toISOString() ?? null };
}

export function reportToWire(
  { connectors }: ChannelRoutesOptions,
  report: PlatformReport,
): z.input<typeof schema.report> {
  return {
    ...report,
    findings: report.findings.map(findingToWire),
    channels: report.channels.map(({ channel, findings }) => ({
      channel: channelToWire(connectors, channel),
      findings: findings.map(findingToWire),
    })),
  };
}

export function warningToWire(warning: StandingWarning): z.input<typeof schema.warningList>["items"][number] {
  return { ...warning, endsAt: warning.endsAt.toISOString() };
}
