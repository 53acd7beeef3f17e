import { useFormat, useLocale } from "@wasl/i18n";
import { useConnection } from "@wasl/realtime";
import { Ltr } from "@wasl/ui";
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import { useNow } from "../clock.ts";

/** When the stream was lost (ms); null while it lives. Timers then stop instead of lying. */
export const Stopped = createContext<number | null>(null);
export const StoppedAt = Stopped.Provider;

export function useStopped(): number | null {
  const lost = useConnection().state !== "open";
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => setAt(lost ? Date.now() : null), [lost]);
  return at;
}

/** The wallboard's time: every second, or the moment at which the stream was lost. */
export function useWallNow(): number {
  const now = useNow("second");
  return useContext(Stopped) ?? now;
}

/** A time of day with its seconds. */
export function useExactTime(): (at: number) => string {
  const format = useFormat();
  return useCallback(
    (at) => {
      const local = new Date(at);
      return format.clock(
        local.getHours() * 3600 + local.getMinutes() * 60 + local.getSeconds() || 0,
      );
    },
    [format],
  );
}

/**
 * A share in percent with one decimal. The sign's place does not depend on the words around it:
 * in Persian left of the number, in Arabic with Latin digits right of it.
 */
export function usePercent(): (share: number, decimals?: number) => string {
  const format = useFormat();
  const { language, digits } = useLocale();
  return useCallback(
    (share, decimals = 1) => {
      const number = format.number(share * 100, { maximumFractionDigits: decimals });
      if (language === "en") return `${number}\u202f%`;
      if (digits === "latn") return `${number}\u200e%\u200e`;
      return `\u200f${number}\u200f٪\u200f`;
    },
    [format, language, digits],
  );
}

/** How long ago, counted every second. In proportional figures: Persian tabular ones are too loose
 * to read as one number. */
export function Elapsed({ since, className }: { since: string | null; className?: string }) {
  const format = useFormat();
  const now = useWallNow();
  if (!since) return null;
  return <Ltr className={className ?? "num"}>{format.clock((now - Date.parse(since)) / 1000)}</Ltr>;
}
