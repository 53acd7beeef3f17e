import { useFormat, useT } from "@wasl/i18n";
import { useConnection, useRealtime } from "@wasl/realtime";
import { Button } from "@wasl/ui";
import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useNow } from "../clock.ts";

const GRACE_MS = 1_500;

/** Shown once the line has been gone for a moment: a short cut is no news. */
export function ConnectionBar() {
  const connection = useConnection();
  const realtime = useRealtime();
  const lost = connection.state !== "open";
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  useEffect(() => {
    const back = () => realtime.retryNow();
    window.addEventListener("online", back);
    return () => window.removeEventListener("online", back);
  }, [realtime]);
  return shown ? (
    <Lost retryAt={connection.state === "waiting" ? connection.retryAt : null} />
  ) : null;
}

function Lost({ retryAt }: { retryAt: number | null }) {
  const t = useT();
  const format = useFormat();
  const realtime = useRealtime();
  const now = useNow("second");
  return (
    <div className="flex h-11 shrink-0 items-center gap-2 bg-warn-soft px-4 text-[13px]">
      <WifiOff size={16} aria-hidden="true" className="text-warn" />
      <strong role="alert" className="font-semibold text-warn">
        {t("desk.lost")}
      </strong>
      <span className="min-w-0 grow truncate text-ink">
        {retryAt === null
          ? t("desk.connecting")
          : t("desk.lost_retry", { time: format.span(Math.max(1, (retryAt - now) / 1000)) })}
      </span>
      <Button
        size="sm"
        icon={RefreshCw}
        isDisabled={retryAt === null}
        onPress={() => realtime.retryNow()}
      >
        {t("desk.lost_now")}
      </Button>
    </div>
  );
}
