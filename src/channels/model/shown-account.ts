import type { Account } from "#connectors";
import { oneLine, webAddress } from "#kit";

/** An account as its platform names it, of what a reader sees; addresses that nobody can follow are left out. */
export function shownAccount(account: Account): Account {
  return {
    accountId: account.accountId,
    handle: oneLine(account.handle),
    displayName: oneLine(account.displayName),
    avatarUrl: webAddress(account.avatarUrl),
    profileUrl: webAddress(account.profileUrl),
  };
}
