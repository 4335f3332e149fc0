import type { PostStatus } from "../api/types.ts";
import { Status, type Tone } from "../ui/badge.tsx";
import { statusText } from "./messages.ts";

const tones: Record<PostStatus, Tone> = {
  draft: "neutral",
  in_review: "warn",
  approved: "accent",
  scheduled: "accent",
  publishing: "accent",
  waiting_for_channel: "warn",
  published: "good",
  partly: "warn",
  failed: "bad",
  missed: "bad",
  cancelled: "neutral",
};

export function PostStatusLabel({ status }: { status: PostStatus }) {
  return (
    <Status tone={tones[status]} pulse={status === "publishing"}>
      {statusText[status]}
    </Status>
  );
}
