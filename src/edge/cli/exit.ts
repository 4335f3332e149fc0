import type { Problem } from "#kit";

/** What the exit code of a command tells a script. */
export const exitCodes = {
  ok: 0,
  /** It was tried and did not work. */
  failure: 1,
  /** The command line itself is wrong. */
  usage: 2,
  notSignedIn: 3,
  notFound: 4,
  /** The server understood and refused: a conflict, a missing right, content that is not accepted. */
  refused: 5,
  unreachable: 6,
} as const;

export type ExitReason = Exclude<keyof typeof exitCodes, "ok">;

/** The one error of the command line: what to tell the person, and the exit code. */
export class CliFailure extends Error {
  readonly reason: ExitReason;
  /** Stable, for programs: the server's own code where it said one. */
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor(reason: ExitReason, message: string, details: { code?: string; problems?: Problem[] } = {}) {
    super(message);
    this.reason = reason;
    this.code = details.code ?? `cli.${reason}`;
    this.problems = details.problems ?? [];
  }
}

/** The table at the end of `galley --help`. */
export const exitCodeHelp = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not signed in, 4 not found, 5 refused by the server, 6 server unreachable.
Settings: GALLEY_SERVER names the server, GALLEY_TOKEN signs in without a stored session.`;
