import { fileURLToPath } from "node:url";
import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

/** How `npm run texts` reads the words for people into the catalogues (docs/decisions/0133, 0138). */
export default defineConfig({
  rootDir: fileURLToPath(new URL("..", import.meta.url)),
  sourceLocale: "en",
  locales: ["de"],
  catalogs: [
    { path: "<rootDir>/web/src/locales/{locale}", include: ["<rootDir>/web/src"], exclude: ["**/*.test.ts"] },
    {
      path: "<rootDir>/src/platform/texts/catalogues/{locale}",
      include: ["<rootDir>/src"],
      exclude: ["**/*.test.ts"],
    },
  ],
  // Where `t`, `msg` and `plural` come from, as the files that use them write it.
  macro: { corePackage: ["../lib/texts.ts", "./texts.ts", "../../lib/texts.ts", "#kit"] },
  // Without lines, which would change with every other change of a file.
  format: formatter({ lineNumbers: false }),
  orderBy: "origin",
});
