import type { z } from "zod";
import type { Connector, ConnectorRegistry, FormField } from "#connectors";
import { forAccount } from "#connectors";
import { redirectUriOf } from "../connect/oauth.ts";
import type { Channel, ChannelCheck, PendingConnection } from "../model/channel.ts";
import { missingNeeded, missingOptional, optionalScopes } from "../model/scopes.ts";
import type * as schema from "./channels.schema.ts";

export type FormDefaults = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function connectorsToWire(
  connectors: ConnectorRegistry,
  publicUrl: string,
  values: { initial: FormDefaults; standing: FormDefaults },
): z.input<typeof schema.connectorList> {
  const items = [...connectors.values()].map((connector) => ({
    id: connector.id,
    name: connector.name,
    summary: connector.summary,
    connect: connectToWire(connector, publicUrl, {
      initial: values.initial[connector.id] ?? {},
      standing: values.standing[connector.id] ?? {},
    }),
    limits: connector.limits,
    options: connector.options,
    readsBack: connector.locate !== "unsupported",
  }));
  return { items };
}

type FormValues = { initial: FormDefaults[string]; standing: FormDefaults[string] };

function connectToWire(connector: Connector, publicUrl: string, values: FormValues) {
  const { connect } = connector;
  if (connect.kind === "oauth") {
    return {
      kind: connect.kind,
      scopes: connect.scopes,
      optionalScopes: optionalScopes(connector),
      before: connect.before === null ? null : { fields: withValues(connect.before.fields, values) },
      redirectUri: redirectUriOf(publicUrl, connector.id),
    };
  }
  return { kind: connect.kind, fields: withValues(connect.fields, values) };
}

function withValues(fields: FormField[], { initial, standing }: FormValues) {
  return fields.map((field) => ({
    ...field,
    initial: standing[field.key] ?? initial[field.key] ?? "",
    fixed: standing[field.key] !== undefined,
  }));
}

export function channelToWire(
  connectors: ConnectorRegistry,
  channel: Channel,
): z.input<typeof schema.channel> {
  const { workspaceId: _workspaceId, accountLimits, ...told } = channel;
  const { pausedAt, expiresAt, endsAt, checkedAt, createdAt, ...same } = told;
  const known = connectors.get(channel.connector);
  const connector = channel.status === "disconnected" ? undefined : known;
  return {
    ...same,
    limits: known ? forAccount(known, accountLimits).limits : null,
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
