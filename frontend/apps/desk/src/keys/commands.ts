import { useEffect, useRef, useSyncExternalStore } from "react";

/** What keys and the palette can do; whoever is on the page offers it. */
export type Command =
  | "palette"
  | "help"
  | "search"
  | "next"
  | "previous"
  | "reply"
  | "note"
  | "resolve"
  | "resolve_next"
  | "snooze"
  | "transfer"
  | "channel"
  | "panes"
  | "accept"
  | "decline";

const offered = new Map<Command, (() => void)[]>();
const listeners = new Set<() => void>();
let names: Command[] = [];

function changed() {
  names = [...offered.keys()];
  for (const listener of listeners) listener();
}

/** Offers a command while the component is there and `run` is given; the newest one wins. */
export function useCommand(name: Command, run: (() => void) | null) {
  const latest = useRef(run);
  latest.current = run;
  const on = run !== null;
  useEffect(() => {
    if (!on) return;
    const call = () => latest.current?.();
    offered.set(name, [...(offered.get(name) ?? []), call]);
    changed();
    return () => {
      const rest = (offered.get(name) ?? []).filter((each) => each !== call);
      if (rest.length) offered.set(name, rest);
      else offered.delete(name);
      changed();
    };
  }, [name, on]);
}

/** False when nobody on the page offers it. */
export function runCommand(name: Command): boolean {
  const run = offered.get(name)?.at(-1);
  run?.();
  return Boolean(run);
}

export const useOfferedCommands = (): Command[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => names,
  );
