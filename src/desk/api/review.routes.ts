import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import type { Permission } from "#kit";
import type { Desk } from "../desk.ts";
import { answerWith } from "./posts.wire.ts";
import * as schema from "./posts.schema.ts";

/** The decisions on a post. Each answers with the post as it is afterwards. */
export function reviewRoutes(app: App, desk: Desk): void {
  app.post("/posts/:id/submit", route("posts.write", "submitPost", "Ask for approval"), async (request) => {
    const actor = actorOf(request);
    await desk.submit(actor, request.params.id);
    return answerWith(desk, actor, request.params.id);
  });

  app.post("/posts/:id/withdraw", route("posts.write", "withdrawPost", "Back to draft"), async (request) => {
    const actor = actorOf(request);
    await desk.withdraw(actor, request.params.id);
    return answerWith(desk, actor, request.params.id);
  });

  const approve = route("posts.approve", "approvePost", "Approve exactly what you saw");
  app.post(
    "/posts/:id/approve",
    { ...approve, schema: { ...approve.schema, body: schema.approveBody } },
    async (request) => {
      const actor = actorOf(request);
      await desk.approve(actor, request.params.id, request.body);
      return answerWith(desk, actor, request.params.id);
    },
  );

  app.post(
    "/posts/:id/approve/undo",
    route("posts.approve", "undoApproval", "Take back the approval that you gave a moment ago"),
    async (request) => {
      const actor = actorOf(request);
      await desk.undoApproval(actor, request.params.id);
      return answerWith(desk, actor, request.params.id);
    },
  );

  const requestChanges = route("posts.approve", "requestChanges", "Send a post back with a note");
  app.post(
    "/posts/:id/request-changes",
    { ...requestChanges, schema: { ...requestChanges.schema, body: schema.requestChangesBody } },
    async (request) => {
      const actor = actorOf(request);
      await desk.requestChanges(actor, request.params.id, request.body.note);
      return answerWith(desk, actor, request.params.id);
    },
  );

  const schedule = route("posts.publish", "schedulePost", "Choose when a post goes out");
  app.post(
    "/posts/:id/schedule",
    { ...schedule, schema: { ...schedule.schema, body: schema.scheduleBody } },
    async (request) => {
      const actor = actorOf(request);
      await desk.schedule(actor, request.params.id, request.body);
      return answerWith(desk, actor, request.params.id);
    },
  );

  const publish = route("posts.publish", "publishPost", "Publish now");
  app.post(
    "/posts/:id/publish",
    { ...publish, schema: { ...publish.schema, body: schema.releaseBody } },
    async (request) => {
      const actor = actorOf(request);
      await desk.publish(actor, request.params.id, request.body?.unready);
      return answerWith(desk, actor, request.params.id);
    },
  );

  const unschedule = route("posts.publish", "unschedulePost", "Take the time away");
  app.post(
    "/posts/:id/unschedule",
    { ...unschedule, schema: { ...unschedule.schema, response: { 200: schema.heldPost } } },
    async (request) => {
      const actor = actorOf(request);
      const { tooLate } = await desk.unschedule(actor, request.params.id);
      return { ...(await answerWith(desk, actor, request.params.id)), tooLate };
    },
  );

  const cancel = route("posts.publish", "cancelPost", "Give a post up");
  app.post(
    "/posts/:id/cancel",
    { ...cancel, schema: { ...cancel.schema, response: { 200: schema.heldPost } } },
    async (request) => {
      const actor = actorOf(request);
      const { tooLate } = await desk.cancel(actor, request.params.id);
      return { ...(await answerWith(desk, actor, request.params.id)), tooLate };
    },
  );
}

function route(access: Permission, operationId: string, summary: string) {
  return {
    config: { access, idempotent: true as const },
    schema: {
      operationId,
      summary,
      tags: ["Review"],
      params: idParams,
      response: { 200: schema.fullPost },
    },
  };
}
