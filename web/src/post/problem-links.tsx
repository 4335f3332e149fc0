import { Link } from "@tanstack/react-router";
import type { CheckProblem, Post, VariantCheck } from "../api/types.ts";
import { postText } from "./messages.ts";

export type PlacedProblem = CheckProblem & { channelId: string };

/** Everything that keeps a post from going out, with the channel that it is about. */
export function errorsOf({ checks }: { checks: VariantCheck[] }): PlacedProblem[] {
  return checks.flatMap(({ channelId, problems }) =>
    problems
      .filter(({ severity }) => severity === "error")
      .map((problem) => Object.assign({ channelId }, problem)),
  );
}

/** Each problem in words that lead to its field. */
export function ProblemLinks({ post, errors }: { post: Post; errors: PlacedProblem[] }) {
  return (
    <ul>
      {errors.map(({ channelId, code, path, message }) => (
        <li key={`${channelId} ${code} ${path}`}>
          <Link
            to="/posts/$postId/edit"
            params={{ postId: post.id }}
            search={{ at: placeOf(channelId, path) }}
            className="underline underline-offset-3"
          >
            {postText.problemOf(
              post.channels.find((channel) => channel.channelId === channelId)?.handle ?? "",
              message,
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** A field of the composer in an address: the channel, then the field as a JSON Pointer. */
export function placeOf(channelId: string, path: string): string {
  return `${channelId}${path}`;
}
