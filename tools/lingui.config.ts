import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";
import { fileURLToPath } from "node:url";

/** How `npm run texts` reads the dashboard's words into the catalogues (docs/decisions/0133). */
export default defineConfig({
  rootDir: fileURLToPath(new URL("../web/src", import.meta.url)),
  sourceLocale: "en",
  locales: ["de"],
  catalogs: [{ path: "<rootDir>/locales/{locale}", include: ["<rootDir>"], exclude: ["**/*.test.ts"] }],
  // Where `t` and `plural` come from, as the files that use them write it.
  macro: { corePackage: ["../lib/texts.ts", "./texts.ts", "../../lib/texts.ts"] },
  // Without lines, which would change with every other change of a file.
  format: formatter({ lineNumbers: false }),
  orderBy: "origin",
});
