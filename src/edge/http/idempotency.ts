import type {
  FastifyInstance,
  FastifyRequest,
  onSendAsyncHookHandler,
  preHandlerAsyncHookHandler,
} from "fastify";
import type { Clock } from "#kit";
import { contentHash, type JsonValue, sha256 } from "#kit";
import type { Database } from "#platform/db";
import { HttpError } from "./errors.ts";
import type { KeyOwner } from "./idempotency.store.ts";
import * as store from "./idempotency.store.ts";

/** How long a first request may take before its outcome counts as unknown. */
const lockMs = 60_000;

export type IdempotencyOptions = { database: Database; clock: Clock };

declare module "fastify" {
  interface FastifyRequest {
    /** Set while this request is the first under its Idempotency-Key. */
    idempotencyKey: KeyOwner | null;
  }
}

/**
 * `Idempotency-Key` on routes with `config.idempotent`: a repeated request gets the first answer again
 * with `Idempotency-Replayed: true`. The same key with another request is 422, and one that still runs is
 * 409. Only answers that created something are kept; after a refusal the key is free again.
 */
export function honourIdempotencyKeys(app: FastifyInstance, { database, clock }: IdempotencyOptions): void {
  app.decorateRequest("idempotencyKey", null);

  app.addHook("onRoute", (route) => {
    if (route.config?.idempotent !== true) return;
    route.preHandler = [begin, ...[route.preHandler ?? []].flat()];
    route.onSend = [...[route.onSend ?? []].flat(), end];
  });

  const begin: preHandlerAsyncHookHandler = async (request, reply) => {
    const key = request.headers["idempotency-key"];
    const { actor } = request;
    // Without a workspace there is nowhere to keep an answer: a first workspace is made once anyway.
    if (key === undefined || actor === null) return undefined;
    if (typeof key !== "string" || !/^[\x21-\x7e]{1,200}$/.test(key)) throw badKey();
    const owner = { workspaceId: actor.workspaceId, userId: actor.userId, key };
    const route = `${request.method} ${request.url}`;
    const hash = requestHash(request);
    const known = await database.inWorkspace(owner.workspaceId, async (tx) => {
      const lockedUntil = new Date(clock.now().getTime() + lockMs);
      if (await store.insertKey(tx, owner, { route, hash, lockedUntil })) return null;
      return store.findKey(tx, owner);
    });
    if (known === null) {
      request.idempotencyKey = owner;
      return undefined;
    }
    if (known.request_hash !== hash || known.route !== route) throw otherRequest();
    if (known.status === null) throw known.locked_until > clock.now() ? stillRunning() : unknownOutcome();
    return reply
      .code(known.status)
      .header("idempotency-replayed", "true")
      .type("application/json; charset=utf-8")
      .serializer(String)
      .send(JSON.stringify(known.response));
  };

  const end: onSendAsyncHookHandler = async (request, reply, payload) => {
    const owner = request.idempotencyKey;
    if (owner === null) return payload;
    request.idempotencyKey = null;
    const created = reply.statusCode >= 200 && reply.statusCode < 300 && typeof payload === "string";
    await database.inWorkspace(owner.workspaceId, (tx) =>
      created
        ? store.keepAnswer(tx, owner, {
            status: reply.statusCode,
            response: payload === "" ? "null" : payload,
          })
        : store.deleteKey(tx, owner),
    );
    return payload;
  };
}

/** An upload is a stream that cannot be hashed before it is read; its size and type stand for it. */
function requestHash(request: FastifyRequest): string {
  const { "content-type": type = "", "content-length": length = "" } = request.headers;
  if (request.body === undefined || !type.startsWith("application/json"))
    return sha256(`${type.split(";")[0]} ${length}`);
  return contentHash(request.body as JsonValue);
}

function badKey(): HttpError {
  return new HttpError({
    code: "http.bad_idempotency_key",
    kind: "invalid",
    message: "An Idempotency-Key is 1 to 200 visible ASCII characters, such as a UUID.",
  });
}

function otherRequest(): HttpError {
  return new HttpError({
    code: "http.idempotency_key_reused",
    kind: "unprocessable",
    message: "This Idempotency-Key was used for another request; use a new key.",
  });
}

function stillRunning(): HttpError {
  return new HttpError({
    code: "http.idempotency_in_progress",
    kind: "conflict",
    message: "The first request with this Idempotency-Key is still running; try again in a moment.",
    retryable: true,
    retryAfterSeconds: 1,
  });
}

function unknownOutcome(): HttpError {
  return new HttpError({
    code: "http.idempotency_unknown_outcome",
    kind: "conflict",
    message: "The first request with this key was cut off. See whether it took effect, then use a new key.",
  });
}
