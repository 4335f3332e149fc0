import { PaperPlaneIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import type { Post } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { isForbidden, refusal } from "../allowed.ts";
import { postText } from "../messages.ts";
import { errorsOf, ProblemLinks } from "../problem-links.tsx";
import { skippable } from "../unready.ts";
import { PublishButton } from "./publish-button.tsx";
import type { PostAction } from "./use-post-action.ts";

type MainProps = { post: Post; busy: boolean; onRun: (action: PostAction, message: string) => void };

/** The one next step of this post, as the primary button; what keeps it from being done stands beside it. */
export function MainAction({ post, busy, onRun }: MainProps) {
  const reasonId = useId();
  if (post.status === "in_review") {
    if (isForbidden(post, "approve")) return null;
    return (
      <Button asChild variant="primary">
        <Link to="/inbox" search={{ post: post.id }}>
          {postText.review}
        </Link>
      </Button>
    );
  }
  if (post.status === "draft") {
    if (isForbidden(post, "submit")) return null;
    const reason = refusal(post, "submit");
    const errors = errorsOf(post);
    return (
      <>
        <Reason id={reasonId}>
          {reason === null ? null : errors.length > 0 ? <ProblemLinks post={post} errors={errors} /> : reason}
        </Reason>
        <Button
          variant="primary"
          aria-disabled={reason !== null}
          aria-describedby={reason === null ? undefined : reasonId}
          busy={busy}
          onClick={() => (reason === null ? onRun("submit", postText.submitted) : undefined)}
        >
          {postText.submit}
        </Button>
      </>
    );
  }
  if (post.status !== "approved" && post.status !== "scheduled") return null;
  if (isForbidden(post, "publish")) return null;
  const reason = refusal(post, "publish");
  if (reason === null || skippable(post, "publish").length > 0) {
    return (
      <PublishButton post={post} size="md">
        <PaperPlaneIcon aria-hidden="true" />
        {postText.publish}
      </PublishButton>
    );
  }
  return (
    <>
      <Reason id={reasonId}>{reason}</Reason>
      <Button variant="primary" aria-disabled="true" aria-describedby={reasonId}>
        <PaperPlaneIcon aria-hidden="true" />
        {postText.publish}
      </Button>
    </>
  );
}

function Reason({ id, children }: { id: string; children: ReactNode }) {
  if (children === null) return null;
  return (
    <div id={id} className="order-last w-full text-xs text-warn-ink sm:max-w-prose sm:text-end">
      {children}
    </div>
  );
}
