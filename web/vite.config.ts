import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

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

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [fontsKeepTheLayout, react(), tailwindcss()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The server's content security policy allows no data: URLs for scripts, styles and fonts.
    assetsInlineLimit: 0,
    target: "es2023",
    rolldownOptions: {
      output: {
        // What changes with a release apart from what rarely does, so that an update costs browsers little.
        codeSplitting: {
          groups: [
            { name: "vendor", test: /node_modules\/(?:react|react-dom|scheduler|@tanstack|@floating-ui)\// },
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
