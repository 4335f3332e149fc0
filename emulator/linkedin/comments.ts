import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { PlatformClock } from "../clock.ts";
import type { ByHand } from "../platform.ts";
import type { Authors } from "./authors.ts";
import { accessDenied, badRequest, invalidContent, notFound } from "./errors.ts";
import type { OAuth } from "./oauth.ts";
import { pageOf } from "./paging.ts";
import type { Comment, LinkedInState } from "./state.ts";

const longestComment = 1250;

export type CommentsApi = {
  /** `POST /rest/socialActions/{urn}/comments` */
  create(request: EmulatorRequest, urn: string, twist: Twist): Answer;
  /** A person comments as this author. */
  byHand(comment: ByHand): void;
  /** `GET /rest/socialActions/{urn}/comments` */
  list(request: EmulatorRequest, urn: string, twist: Twist): Answer;
};

/** Comments: plain text, not "little text". */
export function createComments(
  state: LinkedInState,
  parts: { oauth: OAuth; authors: Authors; clock: PlatformClock },
): CommentsApi {
  const { oauth, authors, clock } = parts;

  function create(request: EmulatorRequest, urn: string, twist: Twist): Answer {
    const body = jsonBody(request);
    const actor = String(body["actor"]);
    authors.authenticate(request, actor, "partnerApiSocialActionsComments.CREATE");
    const now = clock.now().getTime();
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

  function byHand({ account, text, inReplyTo, createdAt }: ByHand): void {
    const [id, object] = [state.nextNumber(), inReplyTo ?? ""];
    const urn = `urn:li:comment:(${object},${id})`;
    const stamps = { createdAt, listedAt: createdAt, ghost: false, byHand: true as const };
    state.comments.add({ id, urn, actor: account, object, text, ...stamps });
  }

  function list(request: EmulatorRequest, urn: string, twist: Twist): Answer {
    const post = state.posts.get(urn);
    if (post?.author.startsWith("urn:li:organization:") !== true) {
      throw accessDenied("partnerApiSocialActionsComments.GET_ALL");
    }
    oauth.authenticate(request, "partnerApiSocialActionsComments.GET_ALL", ["r_organization_social"]);
    const now = clock.now().getTime();
    const listed = state.comments
      .of(urn)
      .filter((comment) => comment.listedAt <= Math.min(now, twist.answersAsOfMs));
    return pageOf(request, twist.shuffle ? listed : listed.toReversed(), wire, state.switches);
  }

  return { create, byHand, list };
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
