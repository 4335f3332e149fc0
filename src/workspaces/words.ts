import type { Letter } from "#platform/mail";

const longestName = 80;

/** The link opens a page and decides nothing: scanners follow links in mails. */
export function invitationLetter(
  invited: { email: string; workspaceName: string; inviterName: string | null },
  link: string,
): Letter {
  const workspace = invited.workspaceName.slice(0, longestName);
  const inviter = invited.inviterName?.slice(0, longestName) ?? "Somebody";
  return {
    id: link,
    to: invited.email,
    subject: `Join ${workspace} on Galley`,
    paragraphs: [
      `${inviter} invites you to the workspace “${workspace}” on Galley, where posts are drafted, approved and published.`,
      "Open this page within seven days to join. The link works once. If you do not know what this is, do nothing.",
    ],
    link,
  };
}
