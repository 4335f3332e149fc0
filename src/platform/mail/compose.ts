import { createHash } from "node:crypto";
import { isMailAddress, xmlCharacters } from "#kit";
import type { MailFailure, MailMessage } from "./types.ts";

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;
const messageIdPattern = /^<[A-Za-z0-9._-]{1,200}@[A-Za-z0-9.-]{1,253}>$/;
const headerName = /^[A-Za-z][A-Za-z0-9-]{0,60}$/;
// What `MailMessage` has fields for; a second one would make receivers disagree about which counts.
const ownHeaders = new Set([
  "from",
  "to",
  "cc",
  "bcc",
  "sender",
  "subject",
  "date",
  "message-id",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
]);

/** The first thing in a message that could smuggle a header or a recipient, or null. */
export function malformation(message: MailMessage): MailFailure | null {
  const wrong =
    [message.from.address, ...message.to].some((address) => !isMailAddress(address)) ||
    message.to.length === 0 ||
    !messageIdPattern.test(message.messageId) ||
    control.test(message.subject) ||
    control.test(message.from.name) ||
    Object.entries(message.headers).some(
      ([name, value]) => !headerName.test(name) || ownHeaders.has(name.toLowerCase()) || control.test(value),
    ) ||
    message.inline.some(
      (image) => !/^[\w.-]+@[\w.-]+$/.test(image.contentId) || !/^image\/[a-z]+$/.test(image.mimeType),
    );
  if (!wrong) return null;
  return {
    kind: "failed",
    verdict: "rejected",
    code: "mail.malformed",
    message: "An address or a header of this mail is not in the form that mail allows, so it was not sent.",
    evidence: null,
  };
}

/**
 * The message as bytes, the same for the same message: boundaries follow from the Message-ID. With
 * several recipients the To header names none of them; they are in the envelope alone.
 */
export async function compose(message: MailMessage): Promise<Buffer> {
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const [only] = message.to;
  const composer = new MailComposer({
    from: message.from,
    to: message.to.length === 1 && only !== undefined ? only : "undisclosed-recipients:;",
    subject: message.subject,
    messageId: message.messageId,
    date: message.date,
    headers: message.headers,
    text: xmlCharacters(message.text),
    html: xmlCharacters(message.html),
    attachments: message.inline.map((image, index) => ({
      cid: image.contentId,
      contentType: image.mimeType,
      contentDisposition: "inline",
      filename: `image-${index + 1}.${image.mimeType.slice("image/".length)}`,
      content: Buffer.from(image.base64, "base64"),
    })),
    baseBoundary: createHash("sha256").update(message.messageId).digest("hex").slice(0, 24),
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
