import { basename } from "node:path";
import type { Plugin } from "vite";
import { compileCatalogue } from "../src/platform/texts/compile.ts";

export { compileCatalogue };

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
