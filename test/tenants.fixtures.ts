import { newId } from "#kit";
import type { Database } from "#platform/db";
import type { TestPerson } from "./app.ts";
import { buildChannel } from "./builders.ts";

/** One thing of a workspace per kind, by id. */
export type Ids = Record<
  "post" | "channel" | "media" | "delivery" | "run" | "invitation" | "session" | "member",
  string
>;

/**
 * How a route is probed. `names`: it is called with ids of another tenant, in the path or the body.
 * `lists`: it names nothing and answers rows; none may be another tenant's. `own`: it names nothing and
 * concerns the caller alone; the reason says why it is not called.
 */
export type Fixture =
  | { names: (ids: Ids) => { path?: string; body?: unknown } }
  | { lists: string }
  | { own: string };

const path = (template: (ids: Ids) => string, body?: unknown): Fixture => ({
  names: (ids) => ({ path: template(ids), body }),
});
const post = (verb: string, body?: unknown): Fixture => path((ids) => `/posts/${ids.post}${verb}`, body);
const variants = (ids: Ids) => [
  {
    channelId: ids.channel,
    content: { parts: ["Fresh from the galley."], media: [{ mediaId: ids.media, altText: "A ship" }] },
  },
];

/** Every route of the API, as OpenAPI writes it. A route that is missing here fails the test. */
export const fixtures: Record<string, Fixture> = {
  "GET /setup": { own: "says only whether anybody exists" },
  "POST /setup": { own: "refused once anybody exists" },
  "POST /sessions": { own: "needs a password" },
  "GET /sessions": { lists: "/sessions" },
  "DELETE /sessions/current": { own: "ends the caller's own session" },
  "DELETE /sessions/{id}": path((ids) => `/sessions/${ids.session}`),
  "GET /me": { lists: "/me" },
  "GET /workspaces": { lists: "/workspaces" },
  "POST /workspaces": { own: "makes a workspace of the caller" },
  "PATCH /workspace": { own: "changes the workspace of the session" },
  "GET /members": { lists: "/members" },
  "PATCH /members/{userId}": path((ids) => `/members/${ids.member}`, { role: "viewer" }),
  "DELETE /members/{userId}": path((ids) => `/members/${ids.member}`),
  "GET /invitations": { lists: "/invitations" },
  "POST /invitations": { own: "invites into the workspace of the session" },
  "DELETE /invitations/{id}": path((ids) => `/invitations/${ids.invitation}`),
  "GET /invitations/accept": { own: "needs the secret of an invitation" },
  "POST /invitations/accept": { own: "needs the secret of an invitation" },
  "GET /audit": { lists: "/audit" },

  "GET /connectors": { lists: "/connectors" },
  "GET /channels": { lists: "/channels" },
  "POST /channels": { own: "connects to the workspace of the session" },
  "POST /channels/authorize": { own: "connects to the workspace of the session" },
  "GET /oauth/{connector}/callback": { own: "needs the secret state of a session" },
  "GET /channels/{id}": path((ids) => `/channels/${ids.channel}`),
  "POST /channels/{id}/check": path((ids) => `/channels/${ids.channel}/check`),
  "POST /channels/{id}/pause": path((ids) => `/channels/${ids.channel}/pause`),
  "POST /channels/{id}/resume": path((ids) => `/channels/${ids.channel}/resume`),
  "DELETE /channels/{id}": path((ids) => `/channels/${ids.channel}`),

  "GET /posts": { lists: "/posts" },
  "POST /posts": { names: (ids) => ({ body: { title: "Mine", variants: variants(ids) } }) },
  "POST /posts/check": { names: (ids) => ({ body: { variants: variants(ids) } }) },
  "GET /schedule/preview": { lists: "/schedule/preview?wall=2030-01-01T09:00&zone=Europe/Berlin" },
  "GET /posts/{id}": post(""),
  "PUT /posts/{id}": post("", { title: "Theirs", variants: [], baseVersion: 1 }),
  "GET /posts/{id}/versions": post("/versions"),
  "GET /posts/{id}/versions/{number}": post("/versions/1"),
  "POST /posts/{id}/submit": post("/submit"),
  "POST /posts/{id}/withdraw": post("/withdraw"),
  "POST /posts/{id}/approve": post("/approve", { boundHash: "0".repeat(64) }),
  "POST /posts/{id}/request-changes": post("/request-changes", { note: "Shorter." }),
  "POST /posts/{id}/schedule": post("/schedule", { wall: "2030-01-01T09:00", zone: "Europe/Berlin" }),
  "POST /posts/{id}/unschedule": post("/unschedule"),
  "POST /posts/{id}/publish": post("/publish"),
  "POST /posts/{id}/cancel": post("/cancel"),
  "POST /posts/{id}/restore": post("/restore"),
  "DELETE /posts/{id}": post(""),

  "GET /media": { lists: "/media" },
  "POST /media": { own: "uploads into the workspace of the session" },
  "GET /media/{id}": path((ids) => `/media/${ids.media}`),
  "PATCH /media/{id}": path((ids) => `/media/${ids.media}`, { altText: "Theirs" }),
  "DELETE /media/{id}": path((ids) => `/media/${ids.media}`),

  "GET /posts/{id}/deliveries": post("/deliveries"),
  "GET /deliveries": { lists: "/deliveries" },
  "POST /deliveries/{id}/resolve": path((ids) => `/deliveries/${ids.delivery}/resolve`, {
    outcome: "absent",
  }),
  "POST /deliveries/{id}/retry": path((ids) => `/deliveries/${ids.delivery}/retry`),

  "GET /usage": { lists: "/usage" },
  "POST /drafts": {
    names: (ids) => ({
      body: { source: { kind: "brief", text: "A ship came in." }, channelIds: [ids.channel] },
    }),
  },
  "GET /drafters": { lists: "/drafters" },
  "GET /runs": { lists: "/runs" },
  "GET /runs/{id}": path((ids) => `/runs/${ids.run}`),
  "POST /runs/{id}/cancel": path((ids) => `/runs/${ids.run}/cancel`),
};

/** One of each kind in the workspace of `owner`; `colleague` is a member of it. */
export async function furnish(database: Database, owner: TestPerson, colleague: TestPerson): Promise<Ids> {
  const { workspaceId } = owner;
  const channel = (await buildChannel(database, workspaceId)).id;
  const [media, delivery, run] = [newId(), newId(), newId()];
  const db = database.system;
  await db
    .insertInto("media")
    .values({
      workspace_id: workspaceId,
      id: media,
      sha256: "0".repeat(64),
      mime_type: "image/png",
      bytes: 1,
      width: 1,
      height: 1,
      file_name: "secret-harbour.png",
    })
    .execute();
  const made = await owner.call<{ id: string }>("POST", "/posts", {
    title: "Secret harbour",
    variants: variants({ channel, media } as Ids),
  });
  const invited = await owner.call<{ id: string }>("POST", "/invitations", {
    email: "secret-guest@example.test",
    role: "viewer",
  });
  const session = await db
    .selectFrom("sessions")
    .select("id")
    .where("user_id", "=", colleague.userId)
    .executeTakeFirstOrThrow();
  const soon = new Date(Date.now() + 3_600_000);
  await db
    .insertInto("deliveries")
    .values({
      workspace_id: workspaceId,
      id: delivery,
      post_id: made.body.id,
      channel_id: channel,
      connector: "sandbox",
      content: JSON.stringify({ variant: { parts: ["Secret harbour"] }, media: [] }),
      content_hash: "0".repeat(64),
      approval_id: newId(),
      approved_by: owner.userId,
      approval_binding: "{}",
      approval_hash: "0".repeat(64),
      due_at: soon,
      late_after: soon,
      grace_seconds: 7200,
      wake_at: soon,
    })
    .execute();
  await db.insertInto("runs").values({ workspace_id: workspaceId, id: run, input: "{}" }).execute();
  return {
    post: made.body.id,
    channel,
    media,
    delivery,
    run,
    invitation: invited.body.id,
    session: session.id,
    member: colleague.userId,
  };
}

/** Ids of the same form that nothing has. */
export function unknownIds(): Ids {
  return {
    post: newId(),
    channel: newId(),
    media: newId(),
    delivery: newId(),
    run: newId(),
    invitation: newId(),
    session: newId(),
    member: newId(),
  };
}
