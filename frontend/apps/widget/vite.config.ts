import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What is fetched later needs nothing beside the app: Vite's search for that weighs 1 kB. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) =>
    id.endsWith("vite/preload-helper.js")
      ? "export const __vitePreload = (load) => load();"
      : undefined,
};

/** The chat itself: the document of the frame and of the full page. */
export default defineConfig({
  root: at("."),
  base: "/widget/",
  plugins: [plainImports],
  build: {
    outDir: at("../../../src/wasl/static/widget"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: { frame: at("frame.html") } },
  },
});
