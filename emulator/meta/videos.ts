import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { GraphCall } from "./call.ts";
import { GraphRefusal, invalidParameter } from "./errors.ts";
import { project } from "./fields.ts";
import { fetchMedia, kindOf } from "./media-bytes.ts";
import { mustCreate } from "./pages.ts";
import type { GraphParams } from "./params.ts";
import type { MetaPage, MetaPost, MetaState, Video } from "./state.ts";
import { graphTime } from "./state.ts";

// `/{page}/videos`, whole by `file_url` or in phases: https://developers.facebook.com/docs/video-api/guides/publishing

const chunkBytes = 1024 * 1024;

/** `POST /{page}/videos` */
export function upload(state: MetaState, page: MetaPage, call: GraphCall): Promise<Answer> {
  const { params } = call;
  mustCreate(page);
  const phase = params.values.get("upload_phase");
  if (phase === "start") return Promise.resolve(start(state, page, params));
  if (phase === "transfer") return Promise.resolve(transfer(state, page, params));
  if (phase === "finish") return Promise.resolve(finish(state, page, call));
  return whole(state, page, call);
}

function start(state: MetaState, page: MetaPage, params: GraphParams): Answer {
  const size = Number(params.values.get("file_size"));
  if (!Number.isInteger(size) || size < 1) throw invalidParameter("The parameter file_size is required");
  const video: Video = {
    id: state.newId("video"),
    pageId: page.id,
    session: state.newId("video"),
    size,
    received: 0,
    finished: false,
    failed: false,
  };
  state.videos.set(video.id, video);
  return json({ video_id: video.id, upload_session_id: video.session, ...offsets(video) });
}

function sessionOf(state: MetaState, page: MetaPage, params: GraphParams): Video {
  const session = params.values.get("upload_session_id");
  const video = [...state.videos.values()].find((one) => one.session === session && one.pageId === page.id);
  if (video && !video.finished) return video;
  throw new GraphRefusal({
    status: 400,
    code: 6000,
    subcode: 1363026,
    message: "There was a problem uploading your video file: this upload session does not exist any more.",
  });
}

function transfer(state: MetaState, page: MetaPage, params: GraphParams): Answer {
  const video = sessionOf(state, page, params);
  const chunk = params.files.get("video_file_chunk")?.bytes ?? Buffer.alloc(0);
  if (params.values.get("start_offset") !== String(video.received) || chunk.length === 0) {
    throw new GraphRefusal({
      status: 400,
      code: 6001,
      subcode: 1363037,
      message: "The chunk does not start where the upload stands.",
    });
  }
  if (video.received === 0) mustBeVideo(chunk);
  video.received += chunk.length;
  return json(offsets(video));
}

function finish(state: MetaState, page: MetaPage, call: GraphCall): Answer {
  const video = sessionOf(state, page, call.params);
  if (video.received !== video.size) throw invalidParameter("The upload is not complete.");
  publish(state, video, call);
  return json({ success: true });
}

async function whole(state: MetaState, page: MetaPage, call: GraphCall): Promise<Answer> {
  const { params } = call;
  const address = params.values.get("file_url");
  const bytes =
    params.files.get("source")?.bytes ?? (address === undefined ? null : await fetchMedia(address));
  if (bytes === null) {
    throw new GraphRefusal({
      status: 400,
      code: 389,
      message: "(#389) Unable to fetch video file from URL.",
    });
  }
  mustBeVideo(bytes);
  const video: Video = {
    id: state.newId("video"),
    pageId: page.id,
    session: "",
    size: bytes.length,
    received: bytes.length,
    finished: false,
    failed: false,
  };
  state.videos.set(video.id, video);
  publish(state, video, call);
  return json({ id: video.id });
}

function publish(state: MetaState, video: Video, { params, twist }: GraphCall): void {
  video.finished = true;
  const createdAt = state.now() + twist.commitMs;
  const post: MetaPost = {
    id: `${video.pageId}_${state.newId("post")}`,
    account: video.pageId,
    kind: "post",
    text: params.values.get("description") ?? "",
    link: null,
    photos: [],
    video: video.id,
    altTexts: [],
    mediaType: null,
    parent: null,
    createdAt,
    listedAt: createdAt + twist.listingMs,
    ghost: false,
  };
  state.posts.add(post);
  if (twist.ghost) state.posts.add({ ...post, id: `${video.pageId}_${state.newId("post")}`, ghost: true });
}

/** `GET /{video}` */
export function get(state: MetaState, { id }: Video, { params }: GraphCall): Answer {
  const post = state.posts.get(id);
  const isOut = post !== undefined && post.createdAt <= state.now();
  return json(
    project(
      {
        id,
        published: isOut,
        description: post?.text,
        created_time: graphTime(post?.createdAt ?? state.now()),
        status: { video_status: isOut ? "ready" : "uploading" },
      },
      params.values.get("fields"),
      ["description", "id"],
    ),
  );
}

function offsets(video: Video): Record<string, string> {
  return {
    start_offset: String(video.received),
    end_offset: String(Math.min(video.size, video.received + chunkBytes)),
  };
}

function mustBeVideo(bytes: Buffer): void {
  if (kindOf(bytes) === "mp4") return;
  throw new GraphRefusal({
    status: 400,
    code: 352,
    subcode: 1363024,
    message: "The video file you selected is in a format that we don't support.",
  });
}
