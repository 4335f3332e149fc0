import { type Language, msg } from "#kit";
import type { Letter } from "#platform/mail";
import { speaking } from "#platform/texts";

const longestName = 80;

/** The link opens a page and decides nothing: scanners follow links in mails. */
export async function invitationLetter(
  invited: { email: string; workspaceName: string; inviterName: string | null; language: Language },
  link: string,
): Promise<Letter> {
  const { email, language } = invited;
  const say = await speaking(language);
  const workspace = invited.workspaceName.slice(0, longestName);
  const inviter = invited.inviterName?.slice(0, longestName) ?? say(msg`Somebody`);
  return {
    id: link,
    to: email,
    language,
    subject: say(msg`Join ${{ workspace }} on Galley`),
    paragraphs: [
      say(
        msg`${{ inviter }} invites you to the workspace “${{ workspace }}” on Galley, where posts are drafted, approved and published.`,
      ),
      say(
        msg`Open this page within seven days to join. The link works once. If you do not know what this is, do nothing.`,
      ),
    ],
    link,
  };
}
