import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { i18n } from "../../packages/i18n/vite.ts";
import { mock } from "./mock/plugin.ts";

const server = process.env.WASL_SERVER ?? "http://127.0.0.1:8300";

export default defineConfig(({ mode }) => ({
  base: "/",
  plugins: [i18n(), react(), tailwind(), mode === "mock" && mock()],
  resolve: {
    alias: {
      // Messages are compiled at build time, so the parser stays out of the page.
      "@formatjs/icu-messageformat-parser": "@formatjs/icu-messageformat-parser/no-parser.js",
    },
  },
  build: {
    outDir: "../../../src/wasl/static/desk",
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    manifest: true,
  },
  server: mode === "mock" ? {} : { proxy: { "/api": { target: server, ws: true } } },
}));
