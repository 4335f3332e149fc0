import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import type { PlatformClock } from "../clock.ts";
import { createAccess } from "./access.ts";
import { createCommentEdges } from "./comments.ts";
import { GraphRefusal, noSuchObject } from "./errors.ts";
import { createInstagramEdges } from "./instagram.ts";
import type { Login } from "./login.ts";
import { createPageEdges } from "./pages.ts";
import type { GraphParams } from "./params.ts";
import { graphParams } from "./params.ts";
import type { MetaState, Token } from "./state.ts";
import { prefixes } from "./state.ts";
import { createUserNode } from "./user.ts";
import { createVideoEdges } from "./videos.ts";

type GraphOptions = {
  publicUrl: () => string;
  login: Login;
  processingMs: number;
};

type Call = {
  request: EmulatorRequest;
  params: GraphParams;
  token: Token;
  id: string;
  /** Where the next page of this list is. */
  address: string;
  twist: Twist;
};

/** Answers a request whose version is taken off its path: nodes and their edges. Throws `GraphRefusal`. */
export function createGraph(state: MetaState, clock: PlatformClock, options: GraphOptions) {
  const access = createAccess(state, clock);
  const user = createUserNode(state, clock);
  const pages = createPageEdges(state, clock, options);
  const videos = createVideoEdges(state, clock);
  const comments = createCommentEdges(state, clock);
  const instagram = createInstagramEdges(state, clock, options);

  async function answer(request: EmulatorRequest, version: string, twist: Twist): Promise<Answer> {
    const params = graphParams(request);
    if (request.path === "/oauth/access_token") return options.login.accessToken(params.values);
    if (request.path === "/debug_token") {
      if (!access.isApp(request, params)) access.authenticate(request, params);
      return user.debugToken(params);
    }
    const token = access.authenticate(request, params);
    const [, first = "", edge = "", ...rest] = request.path.split("/");
    if (rest.length > 0 || first === "") throw unknownPath(request.path);
    const id = first === "me" ? (token.pageId ?? token.consent.userId) : first;
    const address = `${options.publicUrl()}/${version}/${id}/${edge}`;
    const call: Call = { request, params, token, id, address, twist };
    if (id === token.consent.userId || first === "me") return ofUser(call, edge);
    if (id.startsWith(prefixes.page) && !id.includes("_")) return ofPage(call, edge);
    if (id.startsWith(prefixes.instagram)) return ofInstagram(call, edge);
    return ofObject(call, edge);
  }

  function ofUser(call: Call, edge: string): Answer | Promise<Answer> {
    const { request, params, token } = call;
    switch (`${request.method} ${edge}`) {
      case "GET ":
        return user.me(token, params);
      case "GET accounts":
        return user.accounts(token, params, call.address);
      case "GET permissions":
        return user.permissions(token);
      case "DELETE permissions":
        return user.revoke(token, params);
      default:
        return token.pageId === null ? refuseEdge(call, edge) : ofPage(call, edge);
    }
  }

  function ofPage(call: Call, edge: string): Answer | Promise<Answer> {
    const { request, params, token, id, twist } = call;
    const { method } = request;
    switch (`${method} ${edge}`) {
      case "GET ":
        access.asPage(token, id, "pages_show_list", method);
        return user.me(token, params);
      case "POST feed":
        return pages.publish(access.asPage(token, id, "pages_manage_posts", method), params, twist);
      case "POST photos":
        return pages.uploadPhoto(access.asPage(token, id, "pages_manage_posts", method), params, twist);
      case "POST videos":
        return videos.upload(access.asPage(token, id, "pages_manage_posts", method), params, twist);
      case "GET published_posts":
      case "GET posts":
      case "GET feed": {
        const page = access.asPage(token, id, "pages_read_engagement", method);
        return pages.list(page, params, twist, call.address);
      }
      default:
        return refuseEdge(call, edge);
    }
  }

  function ofInstagram(call: Call, edge: string): Answer | Promise<Answer> {
    const { request, params, token, id, twist } = call;
    const { method } = request;
    const may = (permission: string): void => void access.asInstagram(token, id, permission, method);
    switch (`${method} ${edge}`) {
      case "GET ":
        may("instagram_basic");
        return instagram.account(id, params);
      case "POST media":
        may("instagram_content_publish");
        return instagram.createContainer(id, params);
      case "POST media_publish":
        may("instagram_content_publish");
        return instagram.publish(id, params, twist);
      case "GET media":
        may("instagram_basic");
        return instagram.list(id, params, twist, call.address);
      case "GET content_publishing_limit":
        may("instagram_content_publish");
        return instagram.publishingLimit(id);
      default:
        return refuseEdge(call, edge);
    }
  }

  /** A post, a video, a container, a medium. */
  function ofObject(call: Call, edge: string): Answer {
    const { request, params, token, id } = call;
    const { method } = request;
    if (edge === "comments" && (method === "GET" || method === "POST")) return ofComments(call);
    if (edge !== "" || method !== "GET") return refuseEdge(call, edge);
    const container = state.containers.get(id);
    if (container) {
      access.asInstagram(token, container.account, "instagram_basic", method);
      return instagram.container(container, params);
    }
    const video = state.videos.get(id);
    if (video) {
      access.asPage(token, video.pageId, "pages_read_engagement", method);
      return videos.get(id, params);
    }
    const post = comments.parent(id, method);
    if (post.mediaType === null) {
      access.asPage(token, post.account, "pages_read_engagement", method);
      return pages.post(post, params);
    }
    access.asInstagram(token, post.account, "instagram_basic", method);
    return instagram.media(post, params);
  }

  function ofComments(call: Call): Answer {
    const { request, params, token, id, twist, address } = call;
    const { method } = request;
    const parent = comments.parent(id, method);
    const reads = method === "GET";
    if (parent.mediaType === null) {
      const permission = reads ? "pages_read_engagement" : "pages_manage_engagement";
      access.asPage(token, parent.account, permission, method);
    } else {
      access.asInstagram(
        token,
        parent.account,
        reads ? "instagram_basic" : "instagram_manage_comments",
        method,
      );
    }
    if (reads) return comments.list(parent, params, twist, address);
    return comments.create(parent, parent.account, params, twist);
  }

  return answer;
}

function refuseEdge(call: Call, edge: string): never {
  if (edge === "") throw noSuchObject(call.id, call.request.method);
  throw unknownPath(`/${edge}`);
}

function unknownPath(path: string): GraphRefusal {
  return new GraphRefusal({ status: 400, code: 2500, message: `Unknown path components: ${path}` });
}
