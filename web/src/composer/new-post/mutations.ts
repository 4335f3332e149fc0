import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import { postsText } from "../../posts/messages.ts";
import { emptyVariant } from "../channel-variants.ts";
import { type Material, sourceOf } from "./material.tsx";

type Begun = { postId: string } | { runId: string };

/** Begins a post for these channels: an empty one at once, or a run of the agent that drafts it from the material. */
export function useBeginPost(onBegun: (begun: Begun) => void) {
  const refresh = useRefresh("post");
  return useMutation({
    mutationFn: async ({
      material,
      channelIds,
    }: {
      material: Material;
      channelIds: string[];
    }): Promise<Begun> => {
      const { kind } = material;
      if (kind === "blank") {
        const variants = channelIds.map((id) => emptyVariant(id));
        const post = await call("createPost", { body: { title: postsText.untitled, variants } });
        return { postId: post.id };
      }
      const run = await call("createDrafts", {
        body: { source: sourceOf({ ...material, kind }), channelIds },
      });
      return { runId: run.id };
    },
    onSuccess: async (begun) => {
      if ("postId" in begun) await refresh();
      // Also where the window was closed meanwhile.
      onBegun(begun);
    },
  });
}

export function useCancelRun(id: string) {
  return useMutation({
    mutationFn: () => call("cancelRun", { params: { id } }),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("run"),
  });
}
