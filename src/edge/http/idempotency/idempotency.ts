import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onSendAsyncHookHandler,
  preHandlerAsyncHookHandler,
} from "fastify";
import type { Actor, Clock } from "#kit";
import { contentHash, type JsonValue } from "#kit";
import type { Database } from "#platform/db";
import { HttpError } from "../errors.ts";
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
 * 409. Only answers of success are kept; after a refusal the key is free again. A handler that
 * reads the body itself says with `reply.repeats` what it was asked for.
 */
export function honourIdempotencyKeys(app: FastifyInstance, options: IdempotencyOptions): void {
  app.decorateRequest("idempotencyKey", null);
  app.decorateReply("repeats", function repeats(this: FastifyReply, content: JsonValue) {
    return claimKey(options, this, content);
  });

  app.addHook("onRoute", (route) => {
    const { idempotent = false, again } = route.config ?? {};
    const isOurs = route.schema?.operationId !== undefined;
    if (
      isOurs &&
      [route.method].flat().includes("POST") &&
      (idempotent === false) === (again === undefined)
    ) {
      throw new TypeError(
        `${route.url} is idempotent, or says what it does again: a lost answer is asked for twice.`,
      );
    }
    if (idempotent === false) return;
    if (idempotent === true) {
      // Here nothing of a body in pieces has been read, and a request is known by what it holds.
      if (route.schema?.consumes !== undefined) {
        throw new TypeError(`${route.url} reads its body itself, so it is idempotent by "content".`);
      }
      route.preHandler = [begin, ...[route.preHandler ?? []].flat()];
    }
    // Before all that makes something else of the answer, above all compression.
    route.onSend = [end, ...[route.onSend ?? []].flat()];
  });

  const begin: preHandlerAsyncHookHandler = async (request, reply) => {
    const repeated = await claimKey(options, reply, (request.body ?? null) as JsonValue);
    return repeated ? reply : undefined;
  };

  /** Whatever goes wrong here, the answer is true and goes out. */
  const end: onSendAsyncHookHandler = async (request, reply, payload) => {
    const owner = request.idempotencyKey;
    if (owner === null) return payload;
    request.idempotencyKey = null;
    try {
      await settleKey(options, owner, { status: reply.statusCode, payload });
    } catch (error) {
      request.log.error({ err: error }, "what came of an Idempotency-Key could not be kept");
    }
    return payload;
  };
}

/**
 * Takes the request's key for `content`, which is all that was asked for. True where the key has been used:
 * then the first answer has been sent again.
 *
 * @throws HttpError `http.bad_idempotency_key`, `http.idempotency_*`
 */
async function claimKey(
  { database, clock }: IdempotencyOptions,
  reply: FastifyReply,
  content: JsonValue,
): Promise<boolean> {
  const { request } = reply;
  const owner = keyOwner(request, request.actor);
  if (owner === null) return false;
  const route = `${request.method} ${request.url}`;
  const hash = contentHash(content);
  const known = await database.inWorkspace(owner.workspaceId, async (tx) => {
    const lockedUntil = new Date(clock.now().getTime() + lockMs);
    if (await store.insertKey(tx, owner, { route, hash, lockedUntil })) return null;
    return store.findKey(tx, owner);
  });
  if (known === null) {
    request.idempotencyKey = owner;
    return false;
  }
  if (known.request_hash !== hash || known.route !== route) throw otherRequest();
  if (known.status === null) throw known.locked_until > clock.now() ? stillRunning() : unknownOutcome();
  void reply
    .code(known.status)
    .header("idempotency-replayed", "true")
    .type("application/json; charset=utf-8")
    .serializer(String)
    .send(JSON.stringify(known.response));
  return true;
}

function keyOwner({ headers }: FastifyRequest, actor: Actor | null): KeyOwner | null {
  const key = headers["idempotency-key"];
  // Without a workspace there is nowhere to keep an answer: a first workspace is made once anyway.
  if (key === undefined || actor === null) return null;
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,200}$/.test(key)) throw badKey();
  return { workspaceId: actor.workspaceId, userId: actor.userId, key };
}

/**
 * Keeps what was answered. The key comes free only where nothing was made: of a success that is no text
 * nothing can be given again, so its outcome stays unknown to whoever asks a second time.
 */
async function settleKey(
  { database }: IdempotencyOptions,
  owner: KeyOwner,
  { status, payload }: { status: number; payload: unknown },
): Promise<void> {
  const succeeded = status >= 200 && status < 300;
  if (succeeded && typeof payload !== "string") return;
  await database.inWorkspace(owner.workspaceId, (tx) =>
    succeeded
      ? store.keepAnswer(tx, owner, { status, response: payload === "" ? "null" : String(payload) })
      : store.deleteKey(tx, owner),
  );
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
