import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import type { Desk } from "../desk.ts";
import { answerWith } from "./posts.wire.ts";
import { reviewContract } from "./review.contract.ts";

/** The decisions on a post. Each answers with the post as it is afterwards. */
export function reviewRoutes(app: App, desk: Desk): void {
  serve(app, reviewContract, {
    submitPost: async (request) => {
      const actor = actorOf(request);
      await desk.submit(actor, request.params.id);
      return answerWith(desk, actor, request.params.id);
    },

    withdrawPost: async (request) => {
      const actor = actorOf(request);
      await desk.withdraw(actor, request.params.id);
      return answerWith(desk, actor, request.params.id);
    },

    approvePost: async (request) => {
      const actor = actorOf(request);
      await desk.approve(actor, request.params.id, request.body);
      return answerWith(desk, actor, request.params.id);
    },

    undoApproval: async (request) => {
      const actor = actorOf(request);
      await desk.undoApproval(actor, request.params.id);
      return answerWith(desk, actor, request.params.id);
    },

    requestChanges: async (request) => {
      const actor = actorOf(request);
      await desk.requestChanges(actor, request.params.id, request.body.note);
      return answerWith(desk, actor, request.params.id);
    },

    schedulePost: async (request) => {
      const actor = actorOf(request);
      await desk.schedule(actor, request.params.id, request.body);
      return answerWith(desk, actor, request.params.id);
    },

    publishPost: async (request) => {
      const actor = actorOf(request);
      await desk.publish(actor, request.params.id, request.body?.unready);
      return answerWith(desk, actor, request.params.id);
    },

    unschedulePost: async (request) => {
      const actor = actorOf(request);
      const { tooLate } = await desk.unschedule(actor, request.params.id);
      return { ...(await answerWith(desk, actor, request.params.id)), tooLate };
    },

    cancelPost: async (request) => {
      const actor = actorOf(request);
      const { tooLate } = await desk.cancel(actor, request.params.id);
      return { ...(await answerWith(desk, actor, request.params.id)), tooLate };
    },
  });
}
