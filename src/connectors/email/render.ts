import { directionOf, directionOfLanguage, escapeHtml, mentionsAddress } from "#kit";
import type { RenderedText } from "../contract.ts";
import { readMoreIn } from "./messages.ts";

export type MailSource = {
  subject: string;
  body: RenderedText;
  /** The author's own text, in which the link may stand. */
  source: string;
  link: string | null;
  images: { contentId: string; altText: string }[];
};

const styles = {
  body: "margin:0;padding:0;background:#f4f3f0",
  card: "max-width:600px;margin:0 auto;background:#ffffff;padding:32px;font:16px/1.6 Helvetica,Arial,sans-serif;color:#1c1b18",
  link: "color:#8a3b12",
  button:
    "display:inline-block;padding:12px 22px;background:#8a3b12;color:#ffffff;text-decoration:none;border-radius:6px;font-weight:bold",
  image: "display:block;max-width:100%;height:auto;border-radius:6px;margin:0 0 16px",
};

/** Both bodies of a mail from one text. The HTML holds no script, no remote image and no raw HTML. */
export function renderMail(mail: MailSource): { html: string; text: string } {
  return { html: htmlOf(mail), text: textOf(mail) };
}

function htmlOf({ subject, body, link, images }: MailSource): string {
  const pictures = images.map(
    (image) =>
      `<img src="cid:${image.contentId}" alt="${escapeHtml(image.altText)}" style="${styles.image}">`,
  );
  const target = link === null ? null : URL.parse(link);
  const isWeb = target?.protocol === "https:" || target?.protocol === "http:";
  const button = isWeb
    ? `<p><a href="${escapeHtml(link ?? "")}" style="${styles.button}">${escapeHtml(readMoreIn(body.language))}</a></p>`
    : "";
  const language = body.language === null ? "" : ` lang="${escapeHtml(body.language)}"`;
  const direction =
    body.language === null
      ? directionOf(body.text === "" ? subject : body.text)
      : directionOfLanguage(body.language);
  return [
    "<!doctype html>",
    `<html${language} dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>`,
    // Mail programs drop the attributes of `html`, and know no style sheets.
    `<body style="${styles.body}"><div${language} dir="${direction}" style="${styles.card}">`,
    ...pictures,
    body.html.replaceAll('<a href="', `<a style="${styles.link}" href="`),
    button,
    "</div></body></html>",
  ].join("\n");
}

function textOf({ body, source, link, images }: MailSource): string {
  const pictures = images.filter(({ altText }) => altText !== "").map(({ altText }) => `[${altText}]`);
  const after = link === null || mentionsAddress(source, link) ? [] : [link];
  return [...pictures, body.text.trim(), ...after].filter((part) => part !== "").join("\n\n") + "\n";
}
