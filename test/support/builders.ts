import { type Actor, type JsonObject, newId, type Role } from "#kit";
import type { Database } from "#platform/db";

/** Rows for tests, each valid on its own; a field is named only where a test is about it. */

export type BuiltUser = { id: string; name: string; email: string };

export async function buildUser(database: Database, fields: Partial<BuiltUser> = {}): Promise<BuiltUser> {
  const id = fields.id ?? newId();
  const user = { id, name: "Ada Writer", email: `${id}@example.test`, ...fields };
  await database.system
    .insertInto("users")
    .values({ ...user, email_verified: true })
    .execute();
  return user;
}

export type BuiltWorkspace = { id: string; name: string; timeZone: string };

export async function buildWorkspace(
  database: Database,
  fields: Partial<BuiltWorkspace> & { separateApprover?: boolean; graceSeconds?: number } = {},
): Promise<BuiltWorkspace> {
  const { separateApprover = false, graceSeconds = 7200, ...named } = fields;
  const workspace = { id: newId(), name: "The Daily Test", timeZone: "Europe/Berlin", ...named };
  await database.system
    .insertInto("workspaces")
    .values({
      id: workspace.id,
      name: workspace.name,
      time_zone: workspace.timeZone,
      separate_approver: separateApprover,
      grace_seconds: graceSeconds,
    })
    .execute();
  return workspace;
}

/** A person with a role in the workspace and a session, as an actor ready to pass to a verb. */
export async function buildMember(
  database: Database,
  workspaceId: string,
  role: Role = "owner",
): Promise<Actor> {
  const user = await buildUser(database);
  const sessionId = newId();
  await database.system
    .insertInto("members")
    .values({ workspace_id: workspaceId, user_id: user.id, role })
    .execute();
  await database.system
    .insertInto("sessions")
    .values({
      id: sessionId,
      user_id: user.id,
      token: newId(),
      expires_at: new Date(Date.now() + 86_400_000),
    })
    .execute();
  return {
    kind: "person",
    userId: user.id,
    name: user.name,
    email: user.email,
    sessionId,
    workspaceId,
    role,
  };
}

export type BuiltChannel = { id: string; connector: string };

/** A connected channel without credentials. */
export async function buildChannel(
  database: Database,
  workspaceId: string,
  connector = "sandbox",
): Promise<BuiltChannel> {
  const id = newId();
  await database.system
    .insertInto("channels")
    .values({
      workspace_id: workspaceId,
      id,
      connector,
      account_id: id,
      handle: "@daily",
      display_name: "The Daily Test",
    })
    .execute();
  return { id, connector };
}

/** Connects a channel with an app of its workspace, whose secrets nobody can open. */
export async function buildApp(
  database: Database,
  channel: { workspaceId: string; channelId: string; connector: string },
  { identity, openValues }: { identity: string; openValues: JsonObject },
): Promise<void> {
  const app = { workspace_id: channel.workspaceId, id: newId(), connector: channel.connector, identity };
  await database.system
    .insertInto("platform_apps")
    .values({ ...app, sealed_values: Buffer.from("sealed"), open_values: JSON.stringify(openValues) })
    .execute();
  await database.system
    .updateTable("channels")
    .set({ app_id: app.id, app_identity: identity })
    .where("id", "=", channel.channelId)
    .execute();
}

/** A post on the platform that later looks have found to be a second copy of the first item; returns its id. */
export async function buildSecondCopy(
  database: Database,
  of: { workspaceId: string; deliveryId: string; channelId: string },
): Promise<string> {
  const id = newId();
  await database.system
    .insertInto("delivery_second_copies")
    .values({
      workspace_id: of.workspaceId,
      id,
      delivery_id: of.deliveryId,
      item: 0,
      channel_id: of.channelId,
      external_id: id,
      external_url: `https://example.com/${id}`,
      external_created_at: new Date(),
    })
    .execute();
  return id;
}
