import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The chat itself: the document of the frame and of the full page. */
export default defineConfig({
  root: at("."),
  base: "/widget/",
  build: {
    outDir: at("../../../src/wasl/static/widget"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: { frame: at("frame.html") } },
  },
});
