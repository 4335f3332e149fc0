import type { Connector } from "#connectors";
import type { Actor } from "#kit";
import type { Channel } from "./channel.ts";
import { contextFor, noAccess } from "./context.ts";
import { channelError } from "./errors.ts";
import { checkedForm, fieldFailure } from "./form-check.ts";
import type { Parts } from "./parts.ts";
import { askPlatform, connectorOf, patienceMs } from "./parts.ts";
import { storeAccount } from "./store-account.ts";

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
  const checked = checkedForm(connect.fields, form);
  const app = await parts.apps.current(actor.workspaceId, connector);
  const nothingYet = noAccess(actor.workspaceId);
  const context = contextFor(parts.ways, app.settings, nothingYet, AbortSignal.timeout(patienceMs));
  const opened = await askPlatform(async () => {
    try {
      return await connect.open(context, checked);
    } catch (error) {
      throw fieldFailure(connector, connect.fields, error) ?? error;
    }
  });
  return storeAccount(parts, connector, actor, app, opened);
}

function notThisWay(connector: Connector) {
  return channelError(
    "not_a_form",
    "invalid",
    `${connector.name} is connected on its own page: use "authorize" instead of a form.`,
  );
}
