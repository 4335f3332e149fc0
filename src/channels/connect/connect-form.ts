import type { Connector } from "#connectors";
import type { Actor } from "#kit";
import type { Channel } from "../model/channel.ts";
import { contextFor, noAccess } from "../model/context.ts";
import { channelError } from "../model/errors.ts";
import { checkedForm, fieldFailure } from "./form-check.ts";
import type { Parts } from "../model/parts.ts";
import { askPlatform, connectorOf, patienceMs } from "../model/parts.ts";
import { storeAccount } from "../accounts/store-account.ts";

/**
 * Connects an account by its form: an app password, a mail server. The platform is asked before anything
 * is stored. Throws `channels.wrong_form` with a problem for each field, or what the platform said.
 */
export async function connectForm(
  parts: Parts,
  actor: Actor,
  connectorId: string,
  form: Record<string, string>,
): Promise<Channel> {
  const connector = connectorOf(parts.connectors, connectorId);
  const { connect } = connector;
  if (connect.kind !== "form") throw notThisWay(connector);
  const app = await parts.apps.current(actor.workspaceId, connector);
  const nothingYet = noAccess(actor.workspaceId);
  const context = contextFor(parts.ways, app.settings, nothingYet, AbortSignal.timeout(patienceMs));
  const standing = await askPlatform(async () => (await connect.standing?.(context)) ?? {});
  const checked = checkedForm(connect.fields, { ...form, ...standing });
  const opened = await askPlatform(async () => {
    try {
      return await connect.open(context, checked);
    } catch (error) {
      throw fieldFailure(connector, connect.fields, error) ?? error;
    }
  });
  return storeAccount(parts, connector, actor, app, opened);
}

/** What forms find already made in a workspace, by connector and field. */
export async function standingValues(
  parts: Parts,
  workspaceId: string,
): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const connector of parts.connectors.values()) {
    const { connect } = connector;
    if (connect.kind !== "form" || !connect.standing) continue;
    const app = await parts.apps.current(workspaceId, connector);
    const signal = AbortSignal.timeout(patienceMs);
    const context = contextFor(parts.ways, app.settings, noAccess(workspaceId), signal);
    // Where nothing can be asked (no pages are served), the form is as everywhere.
    found[connector.id] = await connect.standing(context).catch(() => ({}));
  }
  return found;
}

function notThisWay(connector: Connector) {
  return channelError(
    "not_a_form",
    "invalid",
    `${connector.name} is connected on its own page: use "authorize" instead of a form.`,
  );
}
