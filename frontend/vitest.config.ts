import { defineConfig } from "vitest/config";
import { i18n } from "./packages/i18n/vite.ts";

export default defineConfig({
  plugins: [i18n()],
  test: { include: ["packages/**/*.test.ts", "apps/**/*.test.ts"], pool: "threads" },
});
