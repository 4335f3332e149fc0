import { z } from "zod";
import { contract } from "#platform/wire";

export const liveContract = contract({
  followEvents: {
    method: "GET",
    path: "/events",
    access: "posts.read",
    summary: "What happens in the workspace, as it happens: what it is about by id, without its content",
    description:
      "Server-sent events. The id of each is its place in the workspace; a client that comes back with `Last-Event-ID`, or `after`, gets what it has missed. `reset` says that this is not possible, and to read everything anew.",
    tags: ["Events"],
    produces: ["text/event-stream"],
    query: z.object({ after: z.int().min(0).max(2_147_483_647).optional() }),
  },
});
