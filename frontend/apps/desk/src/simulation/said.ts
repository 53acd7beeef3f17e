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
    /** As written above or beside its unit. */
    const plain = (measure: string, of: number) =>
      isSeconds(measure) ? number(of, secondsDecimals(of)) : number(of * 100, 1);
    const span = (low: string, high: string) =>
      t("simulation.span", { low: isolate(low), high: isolate(high) });
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
      /** An interval with its unit, and where there is no room for that, without it. */
      span: (measure: string, { low, high }: Estimate) =>
        low === null || high === null ? "—" : span(plain(measure, low), value(measure, high)),
      shortSpan: (measure: string, { low, high }: Estimate) =>
        low === null || high === null ? "—" : span(plain(measure, low), plain(measure, high)),
    };
  }, [t, format, percent]);
}
