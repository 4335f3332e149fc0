import type { Problem } from "#kit";
import { type VariantCheck, blockingProblems } from "./check.ts";
import { DeskError } from "./errors.ts";
import type { Facts } from "./rules.ts";

/** What becomes of channels that are not set up when a post is sent on its way: nothing is sent, or they are left out. */
export type Unready = "refuse" | "skip";

/** What a person mends at the channel, not at the post. A pause is none of it: it was meant, and ends by itself. */
const notSetUp = new Set([
  "desk.channel_disconnected",
  "desk.channel_needs_reconnect",
  "desk.permission_missing",
  "desk.connector_missing",
]);

/** Why the channel of a variant is not set up, in words; null where it is. */
function unreadyReason({ problems }: VariantCheck): { code: string; message: string } | null {
  const found = problems.find(
    ({ severity, code }) => severity === "error" && (notSetUp.has(code) || code.endsWith(".not_configured")),
  );
  return found ? { code: found.code, message: found.message } : null;
}

/** The channels of a post that are not set up, each with its reason. */
export function unreadyChannels(checks: VariantCheck[]): Map<string, { code: string; message: string }> {
  return new Map(
    checks.flatMap((check) => {
      const reason = unreadyReason(check);
      return reason === null ? [] : [[check.channelId, reason]];
    }),
  );
}

/** What keeps a post from going out on the channels that are set up. */
function problemsOfReady(checks: VariantCheck[]): Problem[] {
  return checks.flatMap((check, index) =>
    unreadyReason(check) === null
      ? blockingProblems([check]).map((problem) => ({
          ...problem,
          path: problem.path.replace("/variants/0/", `/variants/${index}/`),
        }))
      : [],
  );
}

/**
 * What the rules look at where channels that are not set up are left out.
 *
 * @throws DeskError `desk.nothing_ready` where none would be left
 */
export function factsFor(
  { facts, checks }: { facts: Facts; checks: VariantCheck[] },
  unready: Unready,
): Facts {
  if (unready === "refuse") return facts;
  const [first] = unreadyChannels(checks).values();
  if (first && unreadyChannels(checks).size === checks.length) {
    throw new DeskError({
      code: "desk.nothing_ready",
      kind: "unprocessable",
      message: `No channel of this post is set up, so nothing would go out. ${first.message}`,
      problems: facts.problems,
    });
  }
  return { ...facts, problems: checks.length === 0 ? facts.problems : problemsOfReady(checks) };
}
