import type { Answer } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { Call } from "../routes.ts";
import type { ByHand } from "../rules.ts";
import { authenticateAuthor } from "./authors.ts";
import { accessDenied, badRequest, invalidContent, notFound } from "./errors.ts";
import { authenticate } from "./oauth.ts";
import { pageOf } from "./paging.ts";
import type { Comment, LinkedInState } from "./state.ts";

// Comments: plain text, not "little text".

const longestComment = 1250;

/** `POST /rest/socialActions/{urn}/comments` */
export function create(state: LinkedInState, { request, twist, id: urn }: Call): Answer {
  const body = jsonBody(request);
  const actor = String(body["actor"]);
  authenticateAuthor(state, request, { author: actor, resource: "partnerApiSocialActionsComments.CREATE" });
  const now = state.now();
  const post = state.posts.get(urn);
  if (!post || post.createdAt > now) throw notFound("The post that is commented on does not exist");
  if (body["object"] !== urn) throw badRequest("object is the URN that is commented on");
  const message = textOf(body["message"]);
  if (message.trim() === "") throw invalidContent("A comment needs text");
  if (message.length > longestComment)
    throw invalidContent(`A comment has at most ${longestComment} characters`);
  const id = state.nextNumber();
  const createdAt = now + twist.commitMs;
  const comment: Comment = {
    id,
    urn: `urn:li:comment:(${urn},${id})`,
    actor,
    object: urn,
    text: message,
    createdAt,
    listedAt: createdAt + twist.listingMs,
    ghost: false,
  };
  state.comments.add(comment);
  if (twist.ghost) {
    const other = state.nextNumber();
    state.comments.add({ ...comment, id: other, urn: `urn:li:comment:(${urn},${other})`, ghost: true });
  }
  return json(wire(comment), 201, { "x-restli-id": id });
}

/** A person comments as this author. */
export function byHand(state: LinkedInState, { account, text, inReplyTo, createdAt }: ByHand): void {
  const [id, object] = [state.nextNumber(), inReplyTo ?? ""];
  const urn = `urn:li:comment:(${object},${id})`;
  const stamps = { createdAt, listedAt: createdAt, ghost: false, byHand: true as const };
  state.comments.add({ id, urn, actor: account, object, text, ...stamps });
}

/** `GET /rest/socialActions/{urn}/comments` */
export function list(state: LinkedInState, { request, twist, id: urn }: Call): Answer {
  const post = state.posts.get(urn);
  if (post?.author.startsWith("urn:li:organization:") !== true) {
    throw accessDenied("partnerApiSocialActionsComments.GET_ALL");
  }
  authenticate(state, request, {
    resource: "partnerApiSocialActionsComments.GET_ALL",
    scopes: ["r_organization_social"],
  });
  const now = state.now();
  const listed = state.comments
    .of(urn)
    .filter((comment) => comment.listedAt <= Math.min(now, twist.answersAsOfMs));
  return pageOf(request, twist.shuffle ? listed : listed.toReversed(), wire, state.switches);
}

function wire(comment: Comment): Record<string, unknown> {
  const stamp = { actor: comment.actor, time: comment.createdAt };
  return {
    id: comment.id,
    commentUrn: comment.urn,
    actor: comment.actor,
    object: comment.object,
    message: { attributes: [], text: comment.text },
    created: stamp,
    lastModified: stamp,
  };
}

function textOf(message: unknown): string {
  if (
    typeof message === "object" &&
    message !== null &&
    "text" in message &&
    typeof message.text === "string"
  ) {
    return message.text;
  }
  throw badRequest("message.text is missing");
}
