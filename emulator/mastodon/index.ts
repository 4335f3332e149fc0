import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody, Refusal } from "../http.ts";
import type { Platform, PlatformOptions } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { createRouter } from "../routes.ts";
import type { PlatformRules } from "../rules.ts";
import { setSwitches } from "../switches.ts";
import * as instance from "./instance.ts";
import * as media from "./media.ts";
import * as oauth from "./oauth.ts";
import type { MastodonState } from "./state.ts";
import { createState } from "./state.ts";
import * as statuses from "./statuses.ts";

const api = createRouter<MastodonState>({
  "POST /api/v1/apps": oauth.register,
  "GET /oauth/authorize": oauth.authorize,
  "POST /oauth/authorize": oauth.authorize,
  "POST /oauth/token": oauth.token,
  "POST /oauth/revoke": oauth.revoke,
  "GET /api/v1/accounts/verify_credentials": oauth.verifyCredentials,
  "GET /api/v2/instance": currentInstance,
  "GET /api/v1/instance": formerInstance,
  "POST /api/v2/media": media.upload,
  "GET /api/v1/media/:id": media.status,
  "POST /api/v1/statuses": statuses.create,
  "GET /api/v1/accounts/:id/statuses": statuses.list,
  "GET /api/v1/statuses/:id/source": statuses.source,
});

/** `server`: what this one has otherwise than a usual one. */
export type MastodonOptions = PlatformOptions & { server?: Partial<instance.MastodonServer> };

/**
 * Starts a Mastodon server as docs.joinmastodon.org describes it: apps that register themselves, OAuth with PKCE,
 * asynchronous media, statuses with idempotency keys that live an hour, 300 posts in three hours.
 * `PUT /control/mastodon` takes any of `MastodonServer` and changes the server.
 */
export function startMastodon({ server = {}, ...options }: MastodonOptions): Promise<Platform> {
  return startPlatform(
    (deps) => rulesOf(createState(deps, { ...instance.usualServer(), ...server })),
    options,
  );
}

function rulesOf(state: MastodonState): PlatformRules {
  return {
    name: "Mastodon emulator",
    operationOf({ method, path }) {
      if (method === "POST" && path === "/api/v1/statuses") return "create";
      if (/^\/api\/v1\/accounts\/\d+\/statuses$/.test(path)) return "list";
      if (path.includes("/media")) return "media";
      return path === "/oauth/token" ? "token" : null;
    },
    answer(request, twist) {
      const answer = api(state, request, twist);
      if (answer === null) throw unknown();
      return answer;
    },
    accountOf: (request) => oauth.usernameOf(state, request),
    post: (byHand) => statuses.byHand(state, byHand),
    sizeName: "limit",
    repeated: "same",
    bodies: {
      unavailable: () => json({ error: "This resource is temporarily unavailable" }, 503),
      internal: () => json({ error: "Internal Server Error" }, 500),
      throttled: (seconds) => refused(statuses.tooMany(state, seconds)),
      refusal: () => json({ error: "Your login is currently disabled" }, 403),
      refused,
    },
    control: (request) => control(state.server, request),
    journal: () =>
      state.statuses.all
        .toSorted((left, right) => left.createdAt - right.createdAt)
        .map((status) => statuses.visible(state, status)),
    expireTokens: () => state.grants.clear(),
    revokeTokens: () => state.grants.clear(),
  };
}

function currentInstance({ server, publicUrl }: MastodonState): Answer {
  if (server.instanceApi < 2) throw unknown();
  return json(instance.instanceOf(server, publicUrl()));
}

function formerInstance({ server, publicUrl }: MastodonState): Answer {
  if (server.instanceApi < 1) throw unknown();
  return json(instance.formerInstanceOf(server, publicUrl()));
}

function control(server: instance.MastodonServer, request: EmulatorRequest): Answer | null {
  if (request.path !== "/control/mastodon") return null;
  if (request.method === "PUT") setSwitches(server, jsonBody(request));
  return json(server);
}

function unknown(): Refusal {
  return new Refusal(404, "not_found", "Record not found");
}

function refused({ status, message, headers }: Refusal): Answer {
  return json({ error: message }, status, headers);
}
