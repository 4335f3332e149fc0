import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { asInstagram, asPage, authenticate, isApp } from "./access.ts";
import type { GraphCall, GraphEndpoint } from "./call.ts";
import * as comments from "./comments.ts";
import * as containers from "./containers.ts";
import { GraphRefusal, noSuchObject } from "./errors.ts";
import * as instagram from "./instagram.ts";
import { accessToken } from "./login.ts";
import * as pages from "./pages.ts";
import { graphParams } from "./params.ts";
import type { MetaPage, MetaState } from "./state.ts";
import { prefixes } from "./state.ts";
import * as user from "./user.ts";
import * as videos from "./videos.ts";

type PageEndpoint = (state: MetaState, page: MetaPage, call: GraphCall) => Answer | Promise<Answer>;

/** Nodes and their edges, by method and edge; the node itself has none. */
type Edges<Edge> = Readonly<Record<string, Edge>>;

const userEdges: Edges<GraphEndpoint> = {
  "GET ": user.me,
  "GET accounts": user.accounts,
  "GET permissions": user.permissions,
  "DELETE permissions": user.revoke,
};

const pageEdges: Edges<{ permission: string; answer: PageEndpoint }> = {
  "GET ": { permission: "pages_show_list", answer: (state, _page, call) => user.me(state, call) },
  "POST feed": { permission: "pages_manage_posts", answer: pages.publish },
  "POST photos": { permission: "pages_manage_posts", answer: pages.uploadPhoto },
  "POST videos": { permission: "pages_manage_posts", answer: videos.upload },
  "GET published_posts": { permission: "pages_read_engagement", answer: pages.list },
  "GET posts": { permission: "pages_read_engagement", answer: pages.list },
  "GET feed": { permission: "pages_read_engagement", answer: pages.list },
};

const instagramEdges: Edges<{ permission: string; answer: GraphEndpoint }> = {
  "GET ": { permission: "instagram_basic", answer: instagram.account },
  "POST media": { permission: "instagram_content_publish", answer: containers.createContainer },
  "POST media_publish": { permission: "instagram_content_publish", answer: instagram.publish },
  "GET media": { permission: "instagram_basic", answer: instagram.list },
  "GET content_publishing_limit": {
    permission: "instagram_content_publish",
    answer: instagram.publishingLimit,
  },
};

/** Answers a request whose version is taken off its path: nodes and their edges. Throws `GraphRefusal`. */
export async function graph(
  state: MetaState,
  request: EmulatorRequest,
  { version, twist }: { version: string; twist: Twist },
): Promise<Answer> {
  const params = graphParams(request);
  if (request.path === "/oauth/access_token") return accessToken(state, params.values);
  if (request.path === "/debug_token") {
    if (!isApp(state, request, params)) authenticate(state, request, params);
    return user.debugToken(state, params);
  }
  const token = authenticate(state, request, params);
  const [, first = "", edge = "", ...rest] = request.path.split("/");
  if (rest.length > 0 || first === "") throw unknownPath(request.path);
  const id = first === "me" ? (token.pageId ?? token.consent.userId) : first;
  const address = `${state.publicUrl()}/${version}/${id}/${edge}`;
  const call: GraphCall = { request, params, token, id, address, twist };
  if (id === token.consent.userId || first === "me") return ofUser(state, call, edge);
  if (id.startsWith(prefixes.page) && !id.includes("_")) return ofPage(state, call, edge);
  if (id.startsWith(prefixes.instagram)) return ofInstagram(state, call, edge);
  return ofObject(state, call, edge);
}

function ofUser(state: MetaState, call: GraphCall, edge: string): Answer | Promise<Answer> {
  const endpoint = userEdges[`${call.request.method} ${edge}`];
  if (endpoint) return endpoint(state, call);
  return call.token.pageId === null ? refuseEdge(call, edge) : ofPage(state, call, edge);
}

function ofPage(state: MetaState, call: GraphCall, edge: string): Answer | Promise<Answer> {
  const found = pageEdges[`${call.request.method} ${edge}`];
  if (!found) return refuseEdge(call, edge);
  const page = asPage(state, call, { account: call.id, permission: found.permission });
  return found.answer(state, page, call);
}

function ofInstagram(state: MetaState, call: GraphCall, edge: string): Answer | Promise<Answer> {
  const found = instagramEdges[`${call.request.method} ${edge}`];
  if (!found) return refuseEdge(call, edge);
  asInstagram(state, call, { account: call.id, permission: found.permission });
  return found.answer(state, call);
}

/** A post, a video, a container, a medium. */
function ofObject(state: MetaState, call: GraphCall, edge: string): Answer {
  const { id } = call;
  const { method } = call.request;
  if (edge === "comments" && (method === "GET" || method === "POST")) return ofComments(state, call);
  if (edge !== "" || method !== "GET") return refuseEdge(call, edge);
  const container = state.containers.get(id);
  if (container) {
    asInstagram(state, call, { account: container.account, permission: "instagram_basic" });
    return containers.container(state, container, call);
  }
  const video = state.videos.get(id);
  if (video) {
    asPage(state, call, { account: video.pageId, permission: "pages_read_engagement" });
    return videos.get(state, video, call);
  }
  const post = comments.parent(state, id, method);
  if (post.mediaType === null) {
    asPage(state, call, { account: post.account, permission: "pages_read_engagement" });
    return pages.post(state, post, call);
  }
  asInstagram(state, call, { account: post.account, permission: "instagram_basic" });
  return instagram.media(state, post, call);
}

function ofComments(state: MetaState, call: GraphCall): Answer {
  const { method } = call.request;
  const parent = comments.parent(state, call.id, method);
  const { account } = parent;
  const reads = method === "GET";
  if (parent.mediaType === null) {
    const permission = reads ? "pages_read_engagement" : "pages_manage_engagement";
    asPage(state, call, { account, permission });
  } else {
    const permission = reads ? "instagram_basic" : "instagram_manage_comments";
    asInstagram(state, call, { account, permission });
  }
  return reads ? comments.list(state, parent, call) : comments.create(state, parent, call);
}

function refuseEdge(call: GraphCall, edge: string): never {
  if (edge === "") throw noSuchObject(call.id, call.request.method);
  throw unknownPath(`/${edge}`);
}

function unknownPath(path: string): GraphRefusal {
  return new GraphRefusal({ status: 400, code: 2500, message: `Unknown path components: ${path}` });
}
