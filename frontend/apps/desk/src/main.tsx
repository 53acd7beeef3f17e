import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/vazirmatn/wght.css";
import "./app.css";
import "./embed.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { RealtimeContext } from "@wasl/realtime";
import { Toasts } from "@wasl/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient, realtime } from "./ground.ts";
import { PreferencesProvider } from "./preferences.tsx";
import { router } from "./router.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RealtimeContext value={realtime}>
        <PreferencesProvider>
          <RouterProvider router={router} />
          <Toasts />
        </PreferencesProvider>
      </RealtimeContext>
    </QueryClientProvider>
  </StrictMode>,
);
