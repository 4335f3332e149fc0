import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { catalogues } from "./catalogues.ts";

const server = "http://127.0.0.1:3000";

/**
 * A font that arrives after the first paint waits for the next page: text that changes its font while one reads it
 * moves everything below.
 */
const fontsKeepTheLayout: Plugin = {
  name: "galley-fonts",
  enforce: "pre",
  transform(code, id) {
    return /@fontsource.*\.css/u.test(id)
      ? code.replaceAll("font-display: swap", "font-display: optional")
      : null;
  },
};

/** Files that import each other in a circle run in an order that nobody wrote; a grouping can make such. */
const filesInOrder: Plugin = {
  name: "galley-order",
  generateBundle(_options, bundle) {
    const importsOf = (name: string) => (bundle[name]?.type === "chunk" ? bundle[name].imports : []);
    const done = new Set<string>();
    const follow = (name: string, way: string[]): void => {
      if (way.includes(name)) this.error(`These files import each other: ${[...way, name].join(" > ")}`);
      if (done.has(name)) return;
      for (const next of importsOf(name)) follow(next, [...way, name]);
      done.add(name);
    };
    for (const name of Object.keys(bundle)) follow(name, []);
  },
};

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [fontsKeepTheLayout, filesInOrder, catalogues, react(), tailwindcss()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The server's content security policy allows no data: URLs for scripts, styles and fonts.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    target: "es2023",
    // kB before compression, which leaves a quarter: the largest is what all screens need of others' code.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What changes with a release apart from what rarely does, so that an update costs browsers little.
            { name: "vendor", test: /node_modules/u, tags: ["$initial"] },
            // What every screen needs comes in one piece: each file more is a round trip on a phone.
            { name: "frame", tags: ["$initial"] },
            // And so does what most of them share, by the folders that hold it.
            { name: "shared", test: /\/web\/src\/(?:ui|lib|posts|channels|planning)\//u, minShareCount: 3 },
          ],
        },
      },
    },
  },
  // `vite web` while working on the dashboard, beside a running `npm start`.
  server: {
    port: 5173,
    // Under the name that the server knows, and as a page of its own.
    proxy: Object.fromEntries(
      ["/api", "/media"].map((path) => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
    fs: { allow: [".."] },
  },
});
