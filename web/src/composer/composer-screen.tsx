import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { messageOf } from "../api/problem.ts";
import { channelsQuery, connectorsQuery } from "../channels/queries.ts";
import { postQuery } from "../post/queries.ts";
import { Page, Skeleton } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Composer } from "./composer.tsx";
import { composerText } from "./messages.ts";

const route = getRouteApi("/shell/posts/$postId/edit");

export function ComposerScreen() {
  const { postId } = route.useParams();
  const { at } = route.useSearch();
  const post = useQuery({ ...postQuery(postId), refetchOnWindowFocus: false });
  const channels = useQuery(channelsQuery);
  const connectors = useQuery(connectorsQuery);
  const failure = post.error ?? channels.error ?? connectors.error;
  if (post.data && channels.data && connectors.data) {
    return (
      <Composer key={postId} post={post.data} channels={channels.data} connectors={connectors.data} at={at} />
    );
  }
  return (
    <Page>
      {failure ? (
        <Notice tone="bad">{messageOf(failure)}</Notice>
      ) : (
        <div role="status" aria-label={composerText.loading} className="grid gap-4">
          <Skeleton className="h-8 w-72" />
          <Skeleton className="h-72 w-full" />
        </div>
      )}
    </Page>
  );
}
