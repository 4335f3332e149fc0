import { newId } from "#kit";
import type { Database } from "#platform/db";
import type { TestPerson } from "../support/app.ts";
import { buildChannel, buildSecondCopy } from "../support/builders.ts";

/** One thing of a workspace per kind, by id. */
export type Ids = Record<
  | "post"
  | "series"
  | "slot"
  | "import"
  | "channel"
  | "media"
  | "delivery"
  | "copy"
  | "run"
  | "invitation"
  | "warning"
  | "session"
  | "device"
  | "member",
  string
>;

/** What a call sends; `path` only where it differs from the route's own. */
export type Sent = { path?: string; body?: unknown; headers?: Record<string, string> };

/**
 * How a route is probed. `names`: it is called with ids of another tenant, in the path or the body.
 * `lists`: it names nothing and answers rows; none may be another tenant's. `own`: it names nothing and
 * concerns the caller alone, for the reason given; `sent` is what its caller sends.
 */
export type Fixture =
  | { names: (ids: Ids) => { path?: string; body?: unknown } }
  | { lists: string }
  | { own: string; sent?: Sent };

const path = (template: (ids: Ids) => string, body?: unknown): Fixture => ({
  names: (ids) => ({ path: template(ids), body }),
});
const own = (reason: string, sent: Sent): Fixture => ({ own: reason, sent });
const post = (verb: string, body?: unknown): Fixture => path((ids) => `/posts/${ids.post}${verb}`, body);
const variants = (ids: Ids) => [
  {
    channelId: ids.channel,
    content: { parts: ["Fresh from the galley."], media: [{ mediaId: ids.media, altText: "A ship" }] },
  },
];

const emptyUpload: Sent = {
  body: '--part\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nno image\r\n--part--\r\n',
  headers: { "content-type": "multipart/form-data; boundary=part" },
};
const nobody = { email: "nobody@example.test", password: "seven quiet herons wade" };
const harbour = { name: "Harbour News", timeZone: "Europe/Berlin" };

const weekly = {
  repeat: { every: "week", weekdays: [2] },
  time: "09:00",
  zone: "Europe/Berlin",
  startsOn: "2030-01-01",
};

/** Every route of the API, as OpenAPI writes it. A route that is missing here fails the test. */
export const fixtures: Record<string, Fixture> = {
  "GET /setup": { own: "says only whether anybody exists" },
  "POST /setup": own("refused once anybody exists", {
    body: { ...nobody, ...harbour, workspaceName: "Theirs" },
  }),
  "POST /sessions": own("needs a password", { body: nobody }),
  "GET /sessions": { lists: "/sessions" },
  "DELETE /sessions/current": own("ends the caller's own session", {}),
  "DELETE /sessions/{id}": path((ids) => `/sessions/${ids.session}`),
  "POST /me/password": own("changes the password of the session's own account", {
    body: { currentPassword: "not the right password", password: nobody.password },
  }),
  "POST /password-resets": own("mails the account of an address; no mail is sent here", {
    body: { email: nobody.email },
  }),
  "POST /password-resets/complete": own("needs the secret of a mail", {
    body: { token: "guessed", password: nobody.password },
  }),
  "GET /devices": { lists: "/devices" },
  "DELETE /devices/{id}": path((ids) => `/devices/${ids.device}`),
  "GET /me": { lists: "/me" },
  "PATCH /me": own("changes what the session's own person chose", { body: { language: "de" } }),
  "GET /workspaces": { lists: "/workspaces" },
  "POST /workspaces": own("makes a workspace of the caller", { body: harbour }),
  "PATCH /workspace": own("changes the workspace of the session", { body: { name: "Mine" } }),
  "GET /quarantine": { lists: "/quarantine" },
  "POST /quarantine": own("concerns the installation", { body: { since: "2026-01-01T00:00:00Z" } }),
  "POST /quarantine/release": own("concerns the installation", {}),
  "GET /installation/admins": own("concerns the installation", {}),
  "POST /installation/admins": own("concerns the installation", { body: { email: nobody.email } }),
  "DELETE /installation/admins/{userId}": {
    names: (ids) => ({ path: `/installation/admins/${ids.member}` }),
  },
  "GET /installation/invitations": own("concerns the installation", {}),
  "POST /installation/invitations/{id}/vouch": path(
    (ids) => `/installation/invitations/${ids.invitation}/vouch`,
  ),
  "GET /installation/audit": own("concerns the installation", {}),
  "GET /installation/security-events": own("concerns the installation", {}),
  "POST /workspace/pause": own("pauses the workspace of the session", {}),
  "POST /workspace/resume": own("resumes the workspace of the session", {}),
  "GET /members": { lists: "/members" },
  "PATCH /members/{userId}": path((ids) => `/members/${ids.member}`, { role: "viewer" }),
  "DELETE /members/{userId}": path((ids) => `/members/${ids.member}`),
  "GET /invitations": { lists: "/invitations" },
  "POST /invitations": own("invites into the workspace of the session", {
    body: { email: "secret-guest@example.test", role: "admin" },
  }),
  "DELETE /invitations/{id}": path((ids) => `/invitations/${ids.invitation}`),
  "GET /invitations/accept": { own: "needs the secret of an invitation" },
  "POST /invitations/accept": own("needs the secret of an invitation", {
    body: { token: "guessed", name: "Mallory", password: nobody.password },
  }),
  "GET /audit": { lists: "/audit" },
  "GET /security-events": { lists: "/security-events" },

  "GET /connectors": { lists: "/connectors" },
  "GET /channels": { lists: "/channels" },
  "POST /channels": own("connects to the workspace of the session", {
    body: { connector: "site", form: {} },
  }),
  "POST /channels/authorize": {
    names: (ids) => ({ body: { connector: "sandbox", channelId: ids.channel } }),
  },
  "GET /oauth/{connector}/callback": { own: "needs the secret state of a session" },
  "GET /channels/pending/{id}": { own: "needs the session that started the connection" },
  "POST /channels/pending/{id}": own("needs the session that started the connection", {
    path: `/channels/pending/${newId()}`,
    body: { accountIds: ["1"] },
  }),
  "DELETE /channels/pending/{id}": own("needs the session that started the connection", {
    path: `/channels/pending/${newId()}`,
  }),
  "POST /channels/secrets/rotate": own("rotates the key of the workspace of the session", {}),
  "GET /channels/doctor": { own: "examines the workspace of the session; see watch.test.ts" },
  "GET /channels/doctor/{connector}": { lists: "/channels/doctor/sandbox" },
  "GET /channels/warnings": { lists: "/channels/warnings" },
  "DELETE /channels/warnings/{id}": path((ids) => `/channels/warnings/${ids.warning}`),
  "GET /channels/slowed": { lists: "/channels/slowed" },
  "POST /channels/{id}/hold/lift": path((ids) => `/channels/${ids.channel}/hold/lift`),
  "POST /channels/{id}/window/forget": path((ids) => `/channels/${ids.channel}/window/forget`),
  "GET /channels/{id}/doctor": path((ids) => `/channels/${ids.channel}/doctor`),
  "GET /channels/{id}/impact": path((ids) => `/channels/${ids.channel}/impact`),
  "GET /oauth/platforms": { own: "counts in the workspace of the session; see watch.test.ts" },
  "GET /oauth/{connector}/authorize": path((ids) => `/oauth/sandbox/authorize?channelId=${ids.channel}`),
  "POST /oauth/{connector}/authorize": {
    names: (ids) => ({ path: "/oauth/sandbox/authorize", body: { channelId: ids.channel } }),
  },
  "GET /oauth/{connector}/status": path((ids) => `/oauth/sandbox/status?channelId=${ids.channel}`),
  "POST /oauth/{connector}/refresh": path((ids) => `/oauth/sandbox/refresh?channelId=${ids.channel}`),
  "DELETE /oauth/{connector}/disconnect": path((ids) => `/oauth/sandbox/disconnect?channelId=${ids.channel}`),
  "POST /oauth/{connector}/app/check": own("looks at what was sent, and at nothing else", {
    path: "/oauth/linkedin/app/check",
    body: { values: { clientId: "theirs", clientSecret: "theirs" } },
  }),
  "PUT /oauth/{connector}/app": own("sets the app of the workspace of the session", {
    path: "/oauth/linkedin/app",
    body: { values: { clientId: "theirs", clientSecret: "theirs" } },
  }),
  "DELETE /oauth/{connector}/app": own("removes the app of the workspace of the session", {
    path: "/oauth/linkedin/app",
  }),
  "GET /oauth/{connector}/guide": { own: "reads a file of the installation" },
  "GET /channels/{id}": path((ids) => `/channels/${ids.channel}`),
  "POST /channels/{id}/check": path((ids) => `/channels/${ids.channel}/check`),
  "POST /channels/{id}/pause": path((ids) => `/channels/${ids.channel}/pause`),
  "POST /channels/{id}/resume": path((ids) => `/channels/${ids.channel}/resume`),
  "DELETE /channels/{id}": path((ids) => `/channels/${ids.channel}`),

  "GET /posts/overview": { lists: "/posts/overview" },
  "GET /attention": { lists: "/attention" },
  "GET /events": { own: "follows the workspace of the session" },
  "GET /posts": { lists: "/posts" },
  "POST /posts": { names: (ids) => ({ body: { title: "Mine", variants: variants(ids) } }) },
  "POST /posts/check": { names: (ids) => ({ body: { variants: variants(ids) } }) },
  "GET /schedule/preview": { lists: "/schedule/preview?wall=2030-01-01T09:00&zone=Europe/Berlin" },
  "GET /posts/{id}": post(""),
  "PUT /posts/{id}": post("", { title: "Theirs", variants: [], baseVersion: 1 }),
  "GET /posts/{id}/versions": post("/versions"),
  "GET /posts/{id}/versions/{number}": post("/versions/1"),
  "GET /posts/{id}/set-aside": post("/set-aside"),
  "POST /posts/{id}/set-aside": post("/set-aside", { title: "Theirs", variants: [], baseVersion: 1 }),
  "POST /posts/{id}/submit": post("/submit"),
  "POST /posts/{id}/withdraw": post("/withdraw"),
  "POST /posts/{id}/approve": post("/approve", { boundHash: "0".repeat(64) }),
  "POST /posts/{id}/approve/undo": post("/approve/undo"),
  "POST /posts/{id}/request-changes": post("/request-changes", { note: "Shorter." }),
  "POST /posts/{id}/schedule": post("/schedule", { wall: "2030-01-01T09:00", zone: "Europe/Berlin" }),
  "POST /posts/{id}/unschedule": post("/unschedule"),
  "POST /posts/{id}/publish": post("/publish"),
  "POST /posts/{id}/cancel": post("/cancel"),
  "POST /posts/{id}/copy": post("/copy"),
  "POST /posts/{id}/restore": post("/restore"),
  "DELETE /posts/{id}": post(""),

  "GET /queue/slots": { lists: "/queue/slots" },
  "POST /queue/slots": {
    names: (ids) => ({ body: { channelId: ids.channel, weekday: 1, time: "10:00" } }),
  },
  "PUT /queue/slots/{id}": path((ids) => `/queue/slots/${ids.slot}`, { weekday: 3, time: "08:00" }),
  "DELETE /queue/slots/{id}": path((ids) => `/queue/slots/${ids.slot}`),
  "GET /queue": { lists: "/queue?from=2030-01-01T00:00:00Z&to=2030-02-01T00:00:00Z" },
  "POST /queue/suggest": {
    names: (ids) => ({ body: { channelIds: [ids.channel], postId: ids.post } }),
  },
  "POST /posts/{id}/queue": post("/queue"),
  "POST /posts/{id}/queue/move": post("/queue/move", { direction: "later" }),

  "GET /imports": { lists: "/imports" },
  "POST /imports": own("uploads into the workspace of the session", {
    body: { fileName: "mine.csv", content: Buffer.from("text,channels\nMine,sandbox\n").toString("base64") },
  }),
  "GET /imports/template.csv": { own: "is the same for everybody" },
  "GET /exports/posts.csv": { lists: "/exports/posts.csv" },
  "GET /imports/{id}": path((ids) => `/imports/${ids.import}`),
  "GET /imports/{id}/lines": path((ids) => `/imports/${ids.import}/lines`),
  "POST /imports/{id}/start": path((ids) => `/imports/${ids.import}/start`),

  "GET /series": { lists: "/series" },
  "GET /series/planned": {
    lists: "/series/planned?from=2030-01-01T00:00:00Z&to=2030-02-01T00:00:00Z",
  },
  "POST /series/preview": own("reads nothing but the rule that it is given", { body: { rule: weekly } }),
  "POST /series": { names: (ids) => ({ body: { postId: ids.post, rule: weekly } }) },
  "GET /series/{id}": path((ids) => `/series/${ids.series}`),
  "PATCH /series/{id}": path((ids) => `/series/${ids.series}`, { ahead: 3 }),
  "POST /series/{id}/approve": path((ids) => `/series/${ids.series}/approve`, { boundHash: "0".repeat(64) }),
  "POST /series/{id}/approve/undo": path((ids) => `/series/${ids.series}/approve/undo`),
  "POST /series/{id}/pause": path((ids) => `/series/${ids.series}/pause`),
  "POST /series/{id}/resume": path((ids) => `/series/${ids.series}/resume`),
  "POST /series/{id}/end": path((ids) => `/series/${ids.series}/end`),
  "DELETE /series/{id}": path((ids) => `/series/${ids.series}`),

  "GET /media": { lists: "/media" },
  "POST /media": own("uploads into the workspace of the session", emptyUpload),
  "GET /site": { lists: "/site" },
  "PUT /site": own("names only the pages of the caller's workspace", {
    body: { slug: "secret-harbour", title: "Mine" },
  }),
  "GET /media/{id}": path((ids) => `/media/${ids.media}`),
  "PATCH /media/{id}": path((ids) => `/media/${ids.media}`, { altText: "Theirs" }),
  "DELETE /media/{id}": path((ids) => `/media/${ids.media}`),

  "GET /posts/{id}/deliveries": post("/deliveries"),
  "GET /deliveries": { lists: "/deliveries" },
  "GET /deliveries/stuck": { lists: "/deliveries/stuck" },
  "POST /deliveries/{id}/resolve": path((ids) => `/deliveries/${ids.delivery}/resolve`, {
    outcome: "absent",
  }),
  "POST /deliveries/{id}/retry": path((ids) => `/deliveries/${ids.delivery}/retry`),
  "POST /deliveries/{id}/leave": path((ids) => `/deliveries/${ids.delivery}/leave`),
  "POST /second-copies/{id}/acknowledge": path((ids) => `/second-copies/${ids.copy}/acknowledge`),

  "GET /usage": { lists: "/usage?from=2030-01-01T00:00:00Z&to=2030-02-01T00:00:00Z" },
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
  const [media, delivery, run, warning] = [newId(), newId(), newId(), newId()];
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
  const made = await owner.call("createPost", {
    body: { title: "Secret harbour", variants: variants({ channel, media } as Ids) },
  });
  const invited = await owner.call("invite", {
    body: { email: "secret-guest@example.test", role: "viewer" },
  });
  const session = await db
    .selectFrom("sessions")
    .select("id")
    .where("user_id", "=", colleague.userId)
    .executeTakeFirstOrThrow();
  const device = await db
    .selectFrom("known_devices")
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
  const copy = await buildSecondCopy(database, { workspaceId, deliveryId: delivery, channelId: channel });
  await db
    .insertInto("expiry_warnings")
    .values({
      workspace_id: workspaceId,
      id: warning,
      connector: "sandbox",
      subject: "consent",
      subject_key: channel,
      channel_id: channel,
      ends_at: soon,
      days: 1,
    })
    .execute();
  await db
    .insertInto("runs")
    .values({
      workspace_id: workspaceId,
      id: run,
      input: JSON.stringify({
        source: { kind: "brief", text: "Secret harbour" },
        channels: [{ id: channel, connector: "sandbox", handle: "@daily" }],
        tone: null,
      }),
    })
    .execute();
  const series = await owner.call("createSeries", { body: { postId: made.body.id, rule: weekly } });
  const slot = await owner.call("addQueueSlot", { body: { channelId: channel, weekday: 2, time: "09:00" } });
  const imported = await owner.call("uploadImport", {
    body: {
      fileName: "secret.csv",
      content: Buffer.from("text,channels\nSecret harbour,sandbox\n").toString("base64"),
    },
  });
  await owner.call("changeSite", { body: { slug: "secret-harbour", title: "Secret harbour" } });
  return {
    post: made.body.id,
    import: imported.body.id,
    slot: slot.body.id,
    series: series.body.id,
    channel,
    media,
    delivery,
    copy,
    run,
    invitation: invited.body.id,
    warning,
    session: session.id,
    device: device.id,
    member: colleague.userId,
  };
}

/** Ids of the same form that nothing has. */
export function unknownIds(): Ids {
  return {
    post: newId(),
    series: newId(),
    slot: newId(),
    import: newId(),
    channel: newId(),
    media: newId(),
    delivery: newId(),
    copy: newId(),
    run: newId(),
    invitation: newId(),
    warning: newId(),
    session: newId(),
    device: newId(),
    member: newId(),
  };
}
