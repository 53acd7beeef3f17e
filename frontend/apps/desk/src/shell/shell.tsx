import { Outlet } from "@tanstack/react-router";
import { useT } from "@wasl/i18n";
import { useEffect } from "react";
import { realtime } from "../ground.ts";
import { Keys } from "../keys/keys.tsx";
import { Palette } from "../keys/palette.tsx";
import { useMeQuery } from "../me.ts";
import { Mentions } from "../mentions.tsx";
import { Offers } from "../offers/offers.tsx";
import { SignIn } from "../sign-in/sign-in.tsx";
import { Bar } from "./bar.tsx";
import { ConnectionBar } from "./connection-bar.tsx";
import { Notices } from "./notices.tsx";
import { Rail } from "./rail.tsx";

/** Rail, bar and frame around whichever page is open; the sign-in page while nobody is signed in. */
export function Shell() {
  const { data: me } = useMeQuery();
  return me ? <SignedIn /> : <SignIn />;
}

function SignedIn() {
  const t = useT();
  useEffect(() => {
    realtime.start();
    return () => realtime.stop();
  }, []);
  return (
    <div className="relative flex h-dvh flex-col-reverse overflow-hidden md:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 font-medium text-accent-ink focus:not-sr-only focus:absolute focus:start-4 focus:top-2"
      >
        {t("shell.skip")}
      </a>
      <Rail />
      <div className="flex min-h-0 min-w-0 grow flex-col overflow-hidden border-line bg-surface md:my-2 md:me-2 md:rounded-2xl md:border md:shadow-card">
        <Bar />
        <ConnectionBar />
        <Notices />
        <div id="content" tabIndex={-1} className="flex min-h-0 grow outline-none">
          <Outlet />
        </div>
      </div>
      <Offers />
      <Mentions />
      <Keys />
      <Palette />
    </div>
  );
}
