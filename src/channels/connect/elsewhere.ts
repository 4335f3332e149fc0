import type { Request } from "#platform/wire";
import { channelError } from "../model/errors.ts";

/**
 * Refuses to begin a consent in a browser that has Galley open under another name than the one that platforms lead
 * back to: there the person is not signed in, and the consent would be lost. Programs name no origin.
 */
export function refuseElsewhere({ headers }: Pick<Request, "headers">, publicUrl: string): void {
  const isVisit = headers["sec-fetch-mode"] === "navigate" && headers.host !== new URL(publicUrl).host;
  const isPage = headers.origin !== undefined && headers.origin !== new URL(publicUrl).origin;
  if (!isVisit && !isPage) return;
  throw channelError(
    "elsewhere",
    "conflict",
    `Open Galley at ${publicUrl} and connect from there: platforms lead back to that address, and you are not signed in under it here.`,
  );
}
