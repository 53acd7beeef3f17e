import type { Plugin, PreviewServer, ViteDevServer } from "vite";
import { makeMock } from "./server.ts";
import { settingsMock } from "./settings.ts";

/** `vite --mode mock` and `vite preview --mode mock` answer the contract themselves. */
export function mock(): Plugin {
  const attach = (server: ViteDevServer | PreviewServer) => {
    const { middleware, upgrade, worldOf } = makeMock();
    server.middlewares.use(settingsMock(worldOf));
    server.middlewares.use(middleware);
    server.httpServer?.on("upgrade", upgrade);
  };
  return { name: "wasl-mock", configureServer: attach, configurePreviewServer: attach };
}
