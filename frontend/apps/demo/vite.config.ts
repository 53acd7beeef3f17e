import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The demo's own pages: the shop, and the other side. Served only when the demo is on. */
export default defineConfig({
  root: at("."),
  base: "/demo/",
  build: {
    outDir: at("../../../src/wasl/static/demo"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: { shop: at("shop.html"), "other-side": at("other-side.html") } },
  },
});
