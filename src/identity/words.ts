import type { Language } from "#kit";
import { msg, newId } from "#kit";
import type { Letter } from "#platform/mail";
import { speaking } from "#platform/texts";

/** To whom a letter goes, and what they are written to in. */
type Reader = { email: string; language: Language };

/** Says who may use the link and for how long; it opens a page, because scanners follow links in mails. */
export async function resetLetter({ email, language }: Reader, link: string): Promise<Letter> {
  const say = await speaking(language);
  return {
    id: link,
    to: email,
    language,
    subject: say(msg`Choose a new password for Galley`),
    paragraphs: [
      say(
        msg`Somebody asked for a new password for your Galley account. If it was you, open this page within half an hour and choose one.`,
      ),
      say(msg`If it was not you, do nothing: your password stays as it is.`),
    ],
    link,
  };
}

/** `at`: about when the password was changed. */
export async function passwordChangedLetter(
  { email, language }: Reader,
  { publicUrl, at }: { publicUrl: string; at: Date },
): Promise<Letter> {
  const say = await speaking(language);
  const time = at.toISOString().slice(0, 16).replace("T", " ");
  return {
    id: newId(),
    to: email,
    language,
    subject: say(msg`Your Galley password was changed`),
    paragraphs: [
      say(
        msg`The password of your Galley account was changed, at about ${{ time }} UTC. Every other session has ended.`,
      ),
      say(msg`If it was not you, choose a new one at once, and tell whoever runs this Galley.`),
    ],
    link: new URL("/forgot-password", publicUrl).href,
  };
}
