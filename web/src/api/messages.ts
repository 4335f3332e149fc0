import { t, texts } from "../lib/texts.ts";

/** What happened instead of an answer. */
export const answerText = texts(() => ({
  unreachable: t`Galley can't be reached. Is the server running?`,
  uploadLost: t`The upload was cut off. Try again.`,
  tooLarge: t`This is larger than the server in front of Galley takes. Send something smaller.`,
  tooMany: t`Too many requests at once. Wait a moment, then try again.`,
  starting: t`Galley did not answer; it may be starting. Try again in a moment.`,
  refused: t`Something between you and Galley refused this. Try again, or ask who runs the server.`,
}));
