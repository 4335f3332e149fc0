import type { Messages } from "@lingui/core";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { basename } from "node:path";
import { parsePo } from "pofile-ts";
import type { Plugin } from "vite";

/**
 * The text of a PO file, as `npm run texts` writes it, compiled for the browser: an object of messages by their
 * English, behind their context where they have one (`keyOf` in src/lib/texts.ts). Throws for a message that is no
 * MessageFormat.
 */
export function compileCatalogue(source: string): Messages {
  const messages: Messages = {};
  for (const { msgid, msgstr, msgctxt, obsolete } of parsePo(source).items) {
    const text = msgstr[0] ?? "";
    if (obsolete || text === "") continue;
    const key = msgctxt ? `${msgctxt}\u0004${msgid}` : msgid;
    messages[key] = compileMessageOrThrow(text);
  }
  return messages;
}

/** `import catalogue from "./locales/de.po"`, and for `opening.js` where each catalogue is. */
export const catalogues: Plugin = {
  name: "galley-catalogues",
  transform: {
    filter: { id: /\.po$/u },
    handler: (source) => ({
      code: `export default ${JSON.stringify(compileCatalogue(source))};`,
      map: null,
      moduleType: "js",
    }),
  },
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle }) => {
      const places = Object.values(bundle ?? {}).flatMap((file) => {
        const from = file.type === "chunk" ? (file.facadeModuleId ?? "") : "";
        return from.endsWith(".po") ? [`data-${basename(from, ".po")}="/${file.fileName}"`] : [];
      });
      return html.replace('src="/opening.js"', `src="/opening.js" ${places.join(" ")}`);
    },
  },
};
