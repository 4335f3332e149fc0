import { expect, test } from "vitest";
import type { Actor } from "#kit";
import { type Action, actions, type Facts, refusal } from "./rules.ts";

const owner: Actor = {
  kind: "person",
  userId: "a",
  name: "Ada",
  email: "ada@example.com",
  sessionId: "s",
  workspaceId: "w",
  role: "owner",
};

const facts: Facts = {
  status: "published",
  deleted: false,
  template: false,
  scheduledAt: null,
  approval: null,
  authors: [],
  separateApprover: false,
  problems: [],
};

function reason(action: Action, status: Facts["status"]): string | undefined {
  return refusal(action, { ...facts, status }, owner)?.reason;
}

test("a refusal names the state that is needed, and not a list of nearly all there are", () => {
  expect(reason("submit", "published")).toBe("You cannot submit this post: it is published, not a draft.");
  expect(reason("cancel", "published")).toBe("You cannot cancel this post: it is published.");
  for (const action of actions)
    expect(reason(action, "published")?.split(" or ").length ?? 0).toBeLessThan(4);
});
