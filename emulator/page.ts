/** Markup that is already safe; plain strings become it only through `html`, which escapes. */
export type Markup = { readonly markup: string };

type Part = string | number | null | Markup | Markup[];

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A template tag: every value is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  const markup = strings.reduce((text, piece, index) => {
    const part = index === 0 ? null : parts[index - 1];
    return text + render(part ?? null) + piece;
  }, "");
  return { markup };
}

function render(part: Part): string {
  if (part === null) return "";
  if (Array.isArray(part)) return part.map((item) => item.markup).join("");
  if (typeof part === "object") return part.markup;
  return escapeHtml(String(part));
}

/** A whole page in the emulators' common dress, light and dark. `nav` are the links at the top. */
export function layout(options: {
  title: string;
  brand: string;
  home: string;
  nav: { href: string; label: string; current: boolean }[];
  body: Markup;
}): string {
  const nav = options.nav.map(
    (link) =>
      html`<a href="${link.href}" ${link.current ? html`aria-current="page"` : null}>${link.label}</a>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${options.title}</title>
        <style>
          ${{ markup: style }}
        </style>
      </head>
      <body>
        <header>
          <div class="bar">
            <a class="brand" href="${options.home}">${options.brand}</a>
            <nav aria-label="Pages">${nav}</nav>
          </div>
        </header>
        <main>${options.body}</main>
      </body>
    </html> `.markup;
}

const style = `
:root { color-scheme: light dark;
  --page: light-dark(#f6f5f2, #14161a); --card: light-dark(#fff, #1d2026); --line: light-dark(#e3e0d8, #2e323a);
  --text: light-dark(#1c1b18, #eceae5); --soft: light-dark(#66625a, #a3a09a); --accent: light-dark(#8a3b12, #ffb48a);
  --fill: light-dark(#8a3b12, #c2592a); --tint: light-dark(#f7ece4, #33241b); --warn: light-dark(#8a1c1c, #ff9d9d); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif; }
a { color: var(--accent); text-underline-offset: 3px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
header { background: var(--card); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 1; }
.bar { max-width: 680px; margin: auto; padding: 12px 20px; display: flex; gap: 20px; align-items: center; justify-content: space-between; flex-wrap: wrap; }
.brand { font-weight: 700; color: var(--text); text-decoration: none; letter-spacing: -.01em; }
nav { display: flex; gap: 16px; font-size: 14px; }
nav a { color: var(--soft); text-decoration: none; padding: 4px 0; border-bottom: 2px solid transparent; }
nav a[aria-current] { color: var(--text); border-color: var(--accent); }
main { max-width: 680px; margin: auto; padding: 24px 20px 80px; }
h1 { font-size: 22px; margin: 0 0 16px; letter-spacing: -.01em; } h2 { font-size: 16px; margin: 0 0 8px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px 20px; margin: 0 0 14px; }
.who { display: flex; gap: 12px; align-items: center; margin-bottom: 8px; }
.face { width: 40px; height: 40px; border-radius: 50%; background: var(--tint); color: var(--accent); display: grid; place-items: center; font-weight: 700; flex: none; }
.soft { color: var(--soft); font-size: 14px; } .who .soft { display: block; line-height: 1.3; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 10px; }
.thread { border-left: 2px solid var(--line); margin: 12px 0 0 19px; padding-left: 22px; }
.images { display: grid; gap: 8px; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); margin: 0 0 10px; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
figure img { display: block; width: 100%; max-height: 380px; object-fit: cover; background: var(--tint); }
figcaption { padding: 8px 12px; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
.badge { display: inline-block; font-size: 11px; font-weight: 700; letter-spacing: .04em; padding: 1px 7px; border-radius: 99px; background: var(--tint); color: var(--accent); margin-right: 6px; }
.empty { text-align: center; padding: 56px 24px; } .empty p { max-width: 42ch; margin: 0 auto 8px; color: var(--soft); }
form.inline { display: inline; } label { display: block; font-size: 14px; font-weight: 600; margin: 0 0 4px; }
input, select { font: inherit; width: 100%; padding: 9px 12px; border-radius: 9px; border: 1px solid light-dark(#8f8a80, #6b7079); background: var(--page); color: var(--text); margin-bottom: 12px; }
button { font: inherit; font-weight: 600; padding: 9px 18px; border-radius: 9px; border: 1px solid var(--fill); background: var(--fill); color: #fff; cursor: pointer; }
button.quiet { background: transparent; color: var(--text); border-color: light-dark(#8f8a80, #6b7079); }
.row { display: flex; gap: 10px; flex-wrap: wrap; align-items: center; } .grid { display: grid; gap: 0 14px; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); }
ul.plain { list-style: none; padding: 0; margin: 0; } ul.plain li { padding: 8px 0; border-top: 1px solid var(--line); } ul.plain li:first-child { border: 0; }
.problem { color: var(--warn); font-weight: 600; } .subject { font-weight: 600; text-decoration: none; color: var(--text); overflow-wrap: anywhere; }
iframe { width: 100%; height: 520px; border: 1px solid var(--line); border-radius: 10px; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; margin: 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; margin: 0 0 14px; font-size: 14px; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
`;
