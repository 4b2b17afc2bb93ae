import { readdirSync } from "node:fs";
import { defineConfig } from "vite";

/** Each HTML file of this folder is a page: datamodel.html is what the service shows at /datamodel. */
const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".html"));

export default defineConfig({
  base: "./", // addresses are relative, so that the service may live below any path
  html: { cspNonce: "NONCE-OF-THIS-ANSWER" }, // the service puts a fresh one into each answer
  build: {
    assetsDir: "web/assets",
    assetsInlineLimit: 0, // the policy allows fonts and pictures of the service only
    chunkSizeWarningLimit: 4000, // the editor is that large; it comes after the page
    reportCompressedSize: false,
    rolldownOptions: { input: pages },
    target: "es2023",
  },
  worker: { format: "es" },
});
