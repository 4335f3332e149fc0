import type { Actor, ErrorKind, Permission, Problem } from "#kit";
import { can } from "#workspaces";
import { DeskError } from "./errors.ts";
import type { PostStatus } from "./post.ts";
import { isSelfAuthored } from "./self-authored.read.ts";
import { undoWords } from "./undo.ts";

export const actions = [
  "edit",
  "submit",
  "withdraw",
  "approve",
  "undo_approval",
  "request_changes",
  "schedule",
  "unschedule",
  "publish",
  "cancel",
  "remove",
  "restore",
] as const;
export type Action = (typeof actions)[number];

/** What the rules look at; loaded under the post's lock by the verbs, without it by the post's page. */
export type Facts = {
  status: PostStatus;
  deleted: boolean;
  /** It is what the occurrences of a series are copied from, and never goes out itself. */
  template: boolean;
  scheduledAt: Date | null;
  /** The approval that stands, with the time it binds, who gave it, and until when they can take it back. */
  approval: {
    boundAt: Date | null;
    decidedBy: { id: string } | null;
    undoUntil: Date | null;
    seriesApprovalId: string | null;
  } | null;
  /** Who wrote a version since the last approval. */
  authors: string[];
  separateApprover: boolean;
  /** What keeps the newest version from going out. */
  problems: Problem[];
};

export type Refusal = {
  action: Action;
  code: `desk.${string}`;
  reason: string;
  kind: ErrorKind;
  problems?: Problem[];
};

/** From which states an action starts, what it needs, and how it is called in a sentence. */
const table: Record<Action, { from: PostStatus[]; permission: Permission; words: string }> = {
  edit: {
    from: ["draft", "in_review", "approved", "scheduled", "waiting_for_channel", "failed", "missed"],
    permission: "posts.write",
    words: "edit",
  },
  submit: { from: ["draft"], permission: "posts.write", words: "submit" },
  withdraw: { from: ["in_review", "approved"], permission: "posts.write", words: "withdraw" },
  approve: { from: ["in_review"], permission: "posts.approve", words: "approve" },
  undo_approval: {
    from: ["approved", "scheduled"],
    permission: "posts.approve",
    words: "take back the approval of",
  },
  request_changes: {
    from: ["in_review", "approved"],
    permission: "posts.approve",
    words: "ask for changes to",
  },
  schedule: {
    from: ["draft", "in_review", "approved", "scheduled", "missed"],
    permission: "posts.publish",
    words: "schedule",
  },
  unschedule: { from: ["draft", "in_review", "scheduled"], permission: "posts.publish", words: "unschedule" },
  publish: { from: ["approved", "scheduled", "missed"], permission: "posts.publish", words: "publish" },
  cancel: {
    from: [
      "draft",
      "in_review",
      "approved",
      "scheduled",
      "publishing",
      "waiting_for_channel",
      "partly",
      "failed",
      "missed",
    ],
    permission: "posts.publish",
    words: "cancel",
  },
  remove: { from: ["draft", "cancelled"], permission: "posts.write", words: "remove" },
  restore: { from: ["cancelled"], permission: "posts.write", words: "restore" },
};

/** What each state is called in a sentence. */
const stateWords: Record<PostStatus, string> = {
  draft: "a draft",
  in_review: "in review",
  approved: "approved",
  scheduled: "scheduled",
  publishing: "being published",
  waiting_for_channel: "waiting for its channel",
  published: "published",
  partly: "partly published",
  failed: "failed",
  missed: "missed",
  cancelled: "cancelled",
};

/**
 * Why this actor can't do this now; null when he can. The verbs and the page that shows the buttons ask
 * the same function, so that no button lies.
 */
export function refusal(action: Action, facts: Facts, actor: Actor): Refusal | null {
  const { from, permission, words } = table[action];
  function refuse(kind: ErrorKind, code: Refusal["code"], reason: string): Refusal {
    return { action, kind, code, reason };
  }
  if (!can(actor.role, permission)) {
    return refuse("forbidden", "desk.not_permitted", `Your role, ${actor.role}, cannot ${words} posts.`);
  }
  if (facts.deleted) {
    if (action === "restore") return null;
    return refuse("conflict", "desk.removed", `This post was removed; restore it before you ${words} it.`);
  }
  if (facts.template && action !== "edit") {
    return refuse(
      "conflict",
      "desk.template",
      `You cannot ${words} this post: it is the template of a series. Do so on the series' page.`,
    );
  }
  if (action === "undo_approval") return undoRefusal(facts, actor, refuse);
  if (!from.includes(facts.status)) {
    // Of many states, the one that it is in says more than all those that it could be in.
    const wanted = from.length > 3 ? "" : `, not ${from.map((status) => stateWords[status]).join(" or ")}`;
    return refuse(
      "conflict",
      "desk.wrong_state",
      `You cannot ${words} this post: it is ${stateWords[facts.status]}${wanted}.`,
    );
  }
  return actionRules[action]?.(facts, actor, refuse) ?? null;
}

/** Throws the refusal as the error that a caller of the API sees. */
export function assertAllowed(action: Action, facts: Facts, actor: Actor): void {
  const refused = refusal(action, facts, actor);
  if (!refused) return;
  throw new DeskError({
    code: refused.code,
    kind: refused.kind,
    message: refused.reason,
    ...(refused.problems ? { problems: refused.problems } : {}),
  });
}

type Refuse = (kind: ErrorKind, code: Refusal["code"], reason: string) => Refusal;

/** One code whatever stands in the way: to whoever pressed Undo, each means that it is too late. */
function undoRefusal({ approval, status }: Facts, { userId }: Actor, refuse: Refuse): Refusal | null {
  function tooLate(reason: string): Refusal {
    return refuse("conflict", "desk.undo_too_late", reason);
  }
  if (!approval) return tooLate(undoWords.none);
  if (approval.seriesApprovalId !== null) return tooLate(undoWords.bySeries);
  if (approval.decidedBy?.id !== userId) return tooLate(undoWords.notYours);
  if (!table.undo_approval.from.includes(status)) return tooLate(undoWords.onItsWay);
  return approval.undoUntil === null ? tooLate(undoWords.over) : null;
}

/** What a rule says beyond state and permission; null where nothing stands in the way. */
type ActionRule = (facts: Facts, actor: Actor, refuse: Refuse) => Refusal | null;

const actionRules: Partial<Record<Action, ActionRule>> = {
  submit: (facts, _actor, refuse) => readiness(facts, refuse),
  approve: (facts, actor, refuse) => {
    if (actor.kind !== "person") {
      return refuse("forbidden", "desk.person_needed", "Only a person can approve a post.");
    }
    if (isSelfAuthored(facts, actor)) {
      return refuse(
        "forbidden",
        "desk.own_words",
        "You wrote part of this post since its last approval; this workspace asks for the approval of somebody else.",
      );
    }
    return readiness(facts, refuse);
  },
  schedule: (facts, _actor, refuse) => (facts.approval ? readiness(facts, refuse) : null),
  unschedule: (facts, _actor, refuse) =>
    facts.scheduledAt
      ? null
      : refuse("conflict", "desk.not_scheduled", "This post has no time to take away."),
  publish: (facts, _actor, refuse) => {
    if (facts.approval?.boundAt) {
      return refuse(
        "conflict",
        "desk.time_bound",
        "The approval is for a certain time. To publish now, unschedule the post and have it approved again.",
      );
    }
    return readiness(facts, refuse);
  },
};

function readiness(facts: Facts, refuse: Refuse): Refusal | null {
  const [first, ...others] = facts.problems;
  if (!first) return null;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return {
    ...refuse("unprocessable", "desk.not_ready", `${first.message}${more}`),
    problems: facts.problems,
  };
}
