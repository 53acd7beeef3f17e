import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The one script that a shop's page carries: a single classic file without a hash in its name. */
export default defineConfig({
  root: at("."),
  build: {
    outDir: at("../../../src/wasl/static/widget"),
    emptyOutDir: false,
    copyPublicDir: false,
    target: "es2020",
    cssTarget: ["chrome111", "safari16.4", "firefox113"],
    cssMinify: "lightningcss",
    lib: {
      entry: at("loader/main.ts"),
      formats: ["iife"],
      name: "waslLoader",
      fileName: () => "loader.js",
    },
  },
});
