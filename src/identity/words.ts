import { newId } from "#kit";
import type { Letter } from "#platform/mail";

/** Says who may use the link and for how long; it opens a page, because scanners follow links in mails. */
export function resetLetter(to: string, link: string): Letter {
  return {
    id: link,
    to,
    subject: "Choose a new password for Galley",
    paragraphs: [
      "Somebody asked for a new password for your Galley account. If it was you, open this page within half an hour and choose one.",
      "If it was not you, do nothing: your password stays as it is.",
    ],
    link,
  };
}

/** `at`: about when the password was changed. */
export function passwordChangedLetter(
  to: string,
  { publicUrl, at }: { publicUrl: string; at: Date },
): Letter {
  return {
    id: newId(),
    to,
    subject: "Your Galley password was changed",
    paragraphs: [
      `The password of your Galley account was changed, at about ${at.toISOString().slice(0, 16).replace("T", " ")} UTC. Every other session has ended.`,
      "If it was not you, choose a new one at once, and tell whoever runs this Galley.",
    ],
    link: new URL("/forgot-password", publicUrl).href,
  };
}
