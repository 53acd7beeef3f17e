import type { Estimate } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { useMemo } from "react";
import { usePercent } from "../wallboard/live.tsx";
import { isSeconds } from "./figures.ts";

/** How values of a measure are written: with their unit, as a change, as the ends of an interval. */
export function useSaid() {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  return useMemo(() => {
    const number = (value: number, decimals: number) =>
      format.number(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    const secondsDecimals = (value: number) => (Math.abs(value) < 10 ? 1 : 0);
    const value = (measure: string, of: number) =>
      isSeconds(measure)
        ? t("simulation.seconds", { n: number(of, secondsDecimals(of)) })
        : percent(of);
    const signed = (of: number, decimals: number) => {
      const written = number(Math.abs(of), decimals);
      const none = Number(Math.abs(of).toFixed(decimals)) === 0;
      return ltr(`${none ? "" : of > 0 ? "+" : "−"}${written}`);
    };
    return {
      number,
      value,
      signed,
      /** Seconds, or points of a share. */
      change: (measure: string, of: number) =>
        isSeconds(measure) ? signed(of, secondsDecimals(of)) : signed(of * 100, 1),
      points: (of: number) => number(of * 100, 1),
      span: (measure: string, of: Estimate) =>
        of.low === null || of.high === null
          ? "—"
          : t("simulation.span", {
              low: isolate(
                isSeconds(measure)
                  ? number(of.low, secondsDecimals(of.low))
                  : number(of.low * 100, 1),
              ),
              high: isolate(value(measure, of.high)),
            }),
    };
  }, [t, format, percent]);
}
