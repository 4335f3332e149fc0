import { oneLine } from "#kit";
import type { ChannelError } from "../model/errors.ts";
import { channelError } from "../model/errors.ts";

const longestWords = 300;

/** What the platform said instead of a code (RFC 6749 section 4.1.2.1, OpenID Connect Core 3.1.2.6), in plain words. */
export function platformError(name: string, code: string, description: string | undefined): ChannelError {
  switch (code) {
    case "access_denied":
    // LinkedIn tells apart at which of its pages the person turned back.
    case "user_cancelled_login":
    case "user_cancelled_authorize":
      return channelError(
        "access_denied",
        "unprocessable",
        `You did not allow the connection on ${name}; nothing was changed.`,
      );
    case "login_required":
    case "consent_required":
    case "interaction_required":
    case "account_selection_required":
      return channelError(
        "needs_consent",
        "unprocessable",
        `${name} wants to ask you in person: connect in a browser, not from the command line.`,
      );
    case "invalid_scope":
    // LinkedIn's own words for it.
    case "unauthorized_scope_error":
      return channelError(
        "invalid_scope",
        "unprocessable",
        `${name} does not offer this app everything that Galley asks for; add the missing products or permissions to your app there.`,
      );
    case "unauthorized_client":
    case "unsupported_response_type":
    case "invalid_request":
      return channelError(
        "app_refused",
        "unprocessable",
        `${name} refused the app: check its client id, its redirect address and that it is switched on.${words(description)}`,
      );
    case "server_error":
    case "temporarily_unavailable":
      return channelError(
        "platform_down",
        "unavailable",
        `${name} has a problem of its own; try again in a while.`,
        {
          retryable: true,
        },
      );
    default:
      return channelError(
        "platform_refused",
        "unprocessable",
        `${name} refused the connection.${words(description)}`,
      );
  }
}

/** The platform's own words without what could hide or break something on the page. */
function words(description: string | undefined): string {
  const plain = oneLine(description ?? "");
  return plain === "" ? "" : ` It says: "${plain.slice(0, longestWords).toWellFormed()}"`;
}
