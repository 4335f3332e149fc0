import type { Connector, ConnectorRegistry, FormField } from "#connectors";
import type { z } from "zod";
import type { Channel, ChannelCheck, PendingConnection } from "./channel.ts";
import type * as schema from "./channels.schema.ts";
import { redirectUriOf } from "./oauth.ts";
import { missingNeeded, missingOptional, optionalScopes } from "./scopes.ts";

export type FormDefaults = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function connectorsToWire(
  connectors: ConnectorRegistry,
  publicUrl: string,
  formDefaults: FormDefaults,
): z.input<typeof schema.connectorList> {
  const items = [...connectors.values()].map((connector) => ({
    id: connector.id,
    name: connector.name,
    summary: connector.summary,
    connect: connectToWire(connector, publicUrl, formDefaults[connector.id] ?? {}),
    limits: connector.limits,
    options: connector.options,
    readsBack: connector.locate !== "unsupported",
  }));
  return { items };
}

function connectToWire(connector: Connector, publicUrl: string, initial: Readonly<Record<string, string>>) {
  const { connect } = connector;
  if (connect.kind === "oauth") {
    return {
      kind: connect.kind,
      scopes: connect.scopes,
      optionalScopes: optionalScopes(connector),
      before: connect.before === null ? null : { fields: withInitial(connect.before.fields, initial) },
      redirectUri: redirectUriOf(publicUrl, connector.id),
    };
  }
  return { kind: connect.kind, fields: withInitial(connect.fields, initial) };
}

function withInitial(fields: FormField[], initial: Readonly<Record<string, string>>) {
  return fields.map((field) => ({ ...field, initial: initial[field.key] ?? "" }));
}

export function channelToWire(
  connectors: ConnectorRegistry,
  channel: Channel,
): z.input<typeof schema.channel> {
  const { workspaceId: _workspaceId, pausedAt, expiresAt, endsAt, checkedAt, createdAt, ...same } = channel;
  const connector = channel.status === "disconnected" ? undefined : connectors.get(channel.connector);
  return {
    ...same,
    missingScopes: connector ? missingNeeded(connector, channel.scopes) : [],
    missingOptional: connector ? missingOptional(connector, channel.scopes) : [],
    pausedAt: pausedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    endsAt: endsAt?.toISOString() ?? null,
    checkedAt: checkedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export function checkToWire(
  connectors: ConnectorRegistry,
  check: ChannelCheck,
): z.input<typeof schema.checked> {
  return { ...check, channel: channelToWire(connectors, check.channel) };
}

export function pendingToWire(pending: PendingConnection): z.input<typeof schema.pending> {
  return {
    ...pending,
    expiresAt: pending.expiresAt.toISOString(),
    accounts: pending.accounts.map(({ account, ...offered }) => ({ ...account, ...offered })),
  };
}
