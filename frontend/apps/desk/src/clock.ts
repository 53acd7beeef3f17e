import { useSyncExternalStore } from "react";

/** One timer for everyone who shows the same step of time. */
class Ticker {
  private readonly step: number;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;
  now: number = Date.now();

  constructor(step: number) {
    this.step = step;
  }

  subscribe = (listener: () => void) => {
    if (!this.listeners.size) {
      this.now = Date.now();
      this.timer = setInterval(() => {
        this.now = Date.now();
        for (const each of this.listeners) each();
      }, this.step);
    }
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (!this.listeners.size) clearInterval(this.timer);
    };
  };
}

const second = new Ticker(1_000);
const minute = new Ticker(30_000);

/** The time, renewed every second (timers) or every half minute (ages). */
export const useNow = (step: "second" | "minute"): number => {
  const ticker = step === "second" ? second : minute;
  return useSyncExternalStore(ticker.subscribe, () => ticker.now);
};
