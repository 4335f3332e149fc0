import type { Connector, ConnectorRegistry } from "#connectors";
import type { z } from "zod";
import type { Channel, ChannelCheck } from "./channel.ts";
import type * as schema from "./channels.schema.ts";
import { redirectUriOf } from "./oauth.ts";

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
  }));
  return { items };
}

function connectToWire(connector: Connector, publicUrl: string, initial: Readonly<Record<string, string>>) {
  const { connect } = connector;
  if (connect.kind === "oauth") {
    return {
      kind: connect.kind,
      scopes: connect.scopes,
      redirectUri: redirectUriOf(publicUrl, connector.id),
    };
  }
  const fields = connect.fields.map((field) => ({ ...field, initial: initial[field.key] ?? "" }));
  return { kind: connect.kind, fields };
}

export function channelToWire(channel: Channel): z.input<typeof schema.channel> {
  const { workspaceId: _workspaceId, pausedAt, expiresAt, checkedAt, createdAt, ...same } = channel;
  return {
    ...same,
    pausedAt: pausedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    checkedAt: checkedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export function checkToWire(check: ChannelCheck): z.input<typeof schema.checked> {
  return { ...check, channel: channelToWire(check.channel) };
}
