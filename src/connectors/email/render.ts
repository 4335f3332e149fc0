import { Marked } from "marked";

export type MailSource = {
  /** Markdown. */
  text: string;
  link: string | null;
  images: { contentId: string; altText: string }[];
};

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function safeLink(href: string): string | null {
  const protocol = URL.parse(href)?.protocol;
  return protocol === "https:" || protocol === "http:" || protocol === "mailto:" ? href : null;
}

// Markdown lets HTML and any address through; a mail must hold only what its author can see in the source.
const markdown = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html({ text }) {
      return escape(text);
    },
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens);
      const target = safeLink(href);
      return target === null ? inner : `<a href="${escape(target)}" style="${styles.link}">${inner}</a>`;
    },
    // A remote image tells its host who opened the mail, so its alternative text stands in.
    image({ href, text }) {
      const target = safeLink(href);
      const label = escape(text === "" ? href : text);
      return target === null ? label : `<a href="${escape(target)}" style="${styles.link}">${label}</a>`;
    },
  },
});

const styles = {
  body: "margin:0;padding:0;background:#f4f3f0",
  card: "max-width:600px;margin:0 auto;background:#ffffff;padding:32px;font:16px/1.6 Helvetica,Arial,sans-serif;color:#1c1b18",
  link: "color:#8a3b12",
  button:
    "display:inline-block;padding:12px 22px;background:#8a3b12;color:#ffffff;text-decoration:none;border-radius:6px;font-weight:bold",
  image: "display:block;max-width:100%;height:auto;border-radius:6px;margin:0 0 16px",
};

/** Both bodies of a mail from one source. The HTML holds no script, no remote image and no raw HTML. */
export function renderMail(subject: string, source: MailSource): { html: string; text: string } {
  return { html: htmlOf(subject, source), text: textOf(source) };
}

function htmlOf(subject: string, source: MailSource): string {
  const images = source.images.map(
    (image) => `<img src="cid:${image.contentId}" alt="${escape(image.altText)}" style="${styles.image}">`,
  );
  const target = source.link === null ? null : safeLink(source.link);
  const button =
    target === null ? "" : `<p><a href="${escape(target)}" style="${styles.button}">Read more</a></p>`;
  return [
    "<!doctype html>",
    `<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(subject)}</title></head>`,
    `<body style="${styles.body}"><div style="${styles.card}">`,
    ...images,
    markdown.parse(source.text, { async: false }),
    button,
    "</div></body></html>",
  ].join("\n");
}

// Markdown was made to be read as it is.
function textOf(source: MailSource): string {
  const images = source.images
    .filter((image) => image.altText !== "")
    .map((image) => `[Image: ${image.altText}]`);
  const link = source.link === null || source.text.includes(source.link) ? [] : [source.link];
  return [...images, source.text.trim(), ...link].join("\n\n") + "\n";
}
