import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const server = "http://127.0.0.1:3000";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), tailwindcss()],
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
  server: { port: 5173, proxy: { "/api": server, "/media": server } },
});
