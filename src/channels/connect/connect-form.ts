import type { Connector } from "#connectors";
import type { Actor } from "#kit";
import { storeAccount } from "../accounts/store-account.ts";
import type { ChannelDeps } from "../deps.ts";
import { askPlatform, patienceMs } from "../model/ask-platform.ts";
import type { Channel } from "../model/channel.ts";
import { contextFor, noAccess } from "../model/context.ts";
import { channelError } from "../model/errors.ts";
import { connectorOf } from "../model/find.ts";
import { checkedForm, fieldFailure } from "./form-check.ts";

/**
 * Connects an account by its form: an app password, a mail server. The platform is asked before anything
 * is stored. Throws `channels.wrong_form` with a problem for each field, or what the platform said.
 */
export async function connectForm(
  deps: ChannelDeps,
  actor: Actor,
  { connectorId, form }: { connectorId: string; form: Record<string, string> },
): Promise<Channel> {
  const connector = connectorOf(deps.connectors, connectorId);
  const { connect } = connector;
  if (connect.kind !== "form") throw notThisWay(connector);
  const app = await deps.apps.current(actor.workspaceId, connector);
  const nothingYet = noAccess(actor.workspaceId);
  const context = contextFor(deps.transports, app.settings, nothingYet, AbortSignal.timeout(patienceMs));
  const standing = await askPlatform(async () => (await connect.standing?.(context)) ?? {});
  const checked = checkedForm(connect.fields, { ...form, ...standing });
  const opened = await askPlatform(async () => {
    try {
      return await connect.open(context, checked);
    } catch (error) {
      throw fieldFailure(connector, connect.fields, error) ?? error;
    }
  });
  return storeAccount(deps, { connector, actor, app }, opened);
}

/** What forms find already made in a workspace, by connector and field. */
export async function standingValues(
  deps: ChannelDeps,
  workspaceId: string,
): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const connector of deps.connectors.values()) {
    const { connect } = connector;
    if (connect.kind !== "form" || !connect.standing) continue;
    const app = await deps.apps.current(workspaceId, connector);
    const signal = AbortSignal.timeout(patienceMs);
    const context = contextFor(deps.transports, app.settings, noAccess(workspaceId), signal);
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
