import { PassThrough } from "node:stream";
import type { Identity } from "#identity";
import type { Permission, Role } from "#kit";
import { GalleyError } from "#kit";
import type { AnnouncedEvent } from "#platform/events";
import { actorOf, type App, type Request, serve, signedInOf } from "#platform/wire";
import { can } from "#workspaces";
import type { Feed } from "./feed.ts";
import { liveContract } from "./live.contract.ts";

const heartbeatMs = 20_000;
const recheckMs = 30_000;
/** Tabs of one session in one process; browsers open six connections to a server, but for HTTP/2. */
const mostOfSession = 20;
/** What a page that does not read may leave lying here; it comes back and asks from where it was. */
const mostUnreadBytes = 256 * 1024;
const comeBackAfterMs = 2_000;

/** Who may hear of an event, by the noun of its kind; the rest concerns who manages members. */
const permissionFor: Record<string, Permission> = {
  post: "posts.read",
  delivery: "posts.read",
  series: "posts.read",
  queue: "posts.read",
  import: "posts.read",
  media: "posts.read",
  run: "posts.read",
  channel: "channels.read",
  app: "channels.read",
  site: "channels.read",
  workspace: "workspace.read",
};

export type LiveOptions = {
  feed: Feed;
  identity: Pick<Identity, "checkSession">;
  /** For tests of what comes round. */
  everyMs?: { heartbeat: number; recheck: number };
};

/** `GET /events`: what happens in a workspace, as it happens (server-sent events, WHATWG HTML section 9.2). */
export function liveRoutes(app: App, { feed, identity, everyMs }: LiveOptions): void {
  const { heartbeat = heartbeatMs, recheck = recheckMs } = everyMs ?? {};
  const open = new Map<string, Set<PassThrough>>();
  // A server that stops waits for its connections to end.
  app.addHook("preClose", async () => {
    feed.close();
    for (const streams of open.values()) for (const stream of streams) stream.end();
  });

  serve(app, liveContract, {
    followEvents: async (request, reply) => {
      const { workspaceId, role } = actorOf(request);
      const { sessionId } = signedInOf(request);
      const ofSession = open.get(sessionId) ?? new Set();
      if (ofSession.size >= mostOfSession) throw tooMany();
      const stream = new PassThrough({ highWaterMark: mostUnreadBytes });
      open.set(sessionId, ofSession.add(stream));

      function write(text: string): void {
        // It comes back, and asks from the last one that it has got.
        if (!stream.writableEnded && !stream.write(text)) stream.end();
      }
      const { position, missed, leave } = await feed.join(workspaceId, lastSeen(request), (events) => {
        write(
          events
            .filter((event) => mayHear(role, event))
            .map(messageOf)
            .join(""),
        );
      });
      write(`retry: ${comeBackAfterMs}\nid: ${position}\nevent: ${missed ? "reset" : "open"}\ndata: {}\n\n`);

      async function endUnlessAllowed(): Promise<void> {
        if (!(await isStillAllowed(identity, request, role))) stream.end();
      }
      const beats = setInterval(() => write(": still here\n\n"), heartbeat);
      const checks = setInterval(() => {
        void endUnlessAllowed();
      }, recheck);
      stream.once("close", () => {
        clearInterval(beats);
        clearInterval(checks);
        leave();
        ofSession.delete(stream);
        if (ofSession.size === 0) open.delete(sessionId);
      });
      // Proxies that collect an answer before they pass it on would keep it for ever.
      return reply.type("text/event-stream").header("x-accel-buffering", "no").send(stream);
    },
  });
}

/** From where on a client asks: what its browser remembers counts more than what its address says. */
function lastSeen(
  request: Pick<Request, "headers"> & { query: { after?: number | undefined } },
): number | null {
  const given = request.headers["last-event-id"];
  if (typeof given === "string" && /^\d{1,15}$/.test(given)) return Number(given);
  return request.query.after ?? null;
}

function mayHear(role: Role, { kind }: AnnouncedEvent): boolean {
  const [noun = ""] = kind.split(".");
  return can(role, permissionFor[noun] ?? "members.manage");
}

function messageOf({ sequence, kind, target }: AnnouncedEvent): string {
  return `id: ${sequence}\nevent: ${kind}\ndata: ${JSON.stringify({ target })}\n\n`;
}

/** Whether the session still stands, with the same role. An outage ends nothing: nothing is told in it either. */
async function isStillAllowed(
  identity: LiveOptions["identity"],
  request: Pick<Request, "headers">,
  role: Role,
): Promise<boolean> {
  try {
    return (await identity.checkSession(request.headers))?.member?.role === role;
  } catch {
    return true;
  }
}

function tooMany(): GalleyError {
  return new GalleyError({
    code: "live.too_many",
    kind: "rate_limited",
    message: `This session follows the workspace in ${mostOfSession} places already; close one of them.`,
    retryable: true,
    retryAfterSeconds: 30,
  });
}
