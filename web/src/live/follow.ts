import type { StreamMessage } from "../api/event-stream.ts";
import { ApiError } from "../api/problem.ts";

/** What is heard of a workspace. */
export type News =
  /** Whether it is heard as it happens. Soon after a connection was lost it still is: what was missed is told later. */
  | { what: "state"; isOpen: boolean }
  /** An event of this kind; null: anything may have changed. */
  | { what: "change"; kind: string | null };

export type FollowOptions = {
  /** One connection, from behind `after` on, until it ends. */
  read: (after: string | null, onMessage: (message: StreamMessage) => void) => Promise<void>;
  /** The last message that was heard; null: none. */
  after: string | null;
  /** `at`: the place up to which everything has been heard. */
  onNews: (news: News, at: string | null) => void;
  signal: AbortSignal;
  /** For tests. */
  times?: { firstPauseMs: number; graceMs: number };
};

const ordinary = { firstPauseMs: 500, graceMs: 5_000 };
const longestPauseMs = 30_000;

/** Follows a workspace over as many connections as it takes, until the signal or until the server refuses. */
export async function follow({
  read,
  onNews,
  signal,
  times = ordinary,
  ...given
}: FollowOptions): Promise<void> {
  let at = given.after;
  let failures = 0;
  let lost: ReturnType<typeof setTimeout> | undefined;
  /** The server ends a connection where somebody's session or role is another than when it began. */
  let wasEnded = false;

  function hear({ id, kind }: StreamMessage): void {
    at = id ?? at;
    if (kind !== "open" && kind !== "reset") return onNews({ what: "change", kind }, at);
    failures = 0;
    clearTimeout(lost);
    onNews({ what: "state", isOpen: true }, at);
    if (kind === "reset") onNews({ what: "change", kind: null }, at);
    else if (wasEnded) onNews({ what: "change", kind: "access.checked" }, at);
  }

  while (!signal.aborted) {
    try {
      await read(at, hear);
      wasEnded = true;
    } catch (error) {
      wasEnded = false;
      if (isRefused(error)) break;
    }
    if (signal.aborted) break;
    failures += 1;
    // The first failure since it was open.
    if (failures === 1) lost = setTimeout(() => onNews({ what: "state", isOpen: false }, at), times.graceMs);
    await pause(pauseAfter(failures, times.firstPauseMs), signal);
  }
  clearTimeout(lost);
  if (!signal.aborted) onNews({ what: "state", isOpen: false }, at);
}

/** Not signed in any more, or no member: asking again changes nothing. */
function isRefused(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404].includes(error.status);
}

/** Longer with each failure, and never the same for all pages that lost their server at one moment. */
function pauseAfter(failures: number, firstPauseMs: number): number {
  const most = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
  return most * (0.5 + Math.random() / 2);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
