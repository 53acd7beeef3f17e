import { useSyncExternalStore } from "react";
import { embedded } from "../../embed.ts";

const PAIRED_MS = 4_000;
const LONGEST_ID = 40;

interface Heard {
  origin: string;
  source: unknown;
  data: unknown;
}

/** The number that a page around us gives to a message; null unless it is that page, in our words. */
export function readPair(
  heard: Heard,
  around: unknown,
  origin: string,
): { id: string; n: number } | null {
  if (heard.source !== around || heard.origin !== origin) return null;
  const said = heard.data as Record<string, unknown> | null;
  if (typeof said !== "object" || said?.wasl !== 1 || said.t !== "pair") return null;
  const { id, n } = said;
  if (typeof id !== "string" || id.length > LONGEST_ID || !Number.isInteger(n)) return null;
  return { id, n: n as number };
}

const numbers = new Map<string, number>();
const listeners = new Set<() => void>();
const changed = () => {
  for (const listener of listeners) listener();
};

if (embedded)
  addEventListener("message", (event) => {
    const pair = readPair(event, window.parent, location.origin);
    if (!pair) return;
    numbers.set(pair.id, pair.n);
    changed();
    setTimeout(() => {
      numbers.delete(pair.id);
      changed();
    }, PAIRED_MS);
  });

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The number that a message carries for a moment, as its twin on the phone does. */
export const usePair = (message: string): number | undefined =>
  useSyncExternalStore(subscribe, () => numbers.get(message));
