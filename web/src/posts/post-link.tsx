import { Link } from "@tanstack/react-router";
import type { KeyboardEvent, ReactNode } from "react";
import type { PostSummary } from "../api/types.ts";
import { postsText } from "./messages.ts";

/** Leads to where one goes on with a post: a draft opens in the composer, everything else on its page. */
export function PostLink({
  post,
  className,
  children,
  ...rest
}: {
  post: Pick<PostSummary, "id" | "status" | "title">;
  className?: string;
  children?: ReactNode;
  onKeyDown?: (event: KeyboardEvent) => void;
  "aria-keyshortcuts"?: string;
}) {
  const to = post.status === "draft" ? "/posts/$postId/edit" : "/posts/$postId";
  return (
    <Link
      {...(children ? {} : { dir: "auto" })}
      to={to}
      params={{ postId: post.id }}
      {...(className ? { className } : {})}
      {...rest}
    >
      {children ?? (post.title || postsText.untitled)}
    </Link>
  );
}
