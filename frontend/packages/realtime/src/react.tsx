import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from "react";
import { EMPTY_SCOPE, itemsOf, type ScopeState } from "./scope.ts";
import type { Connection, Passing, Realtime } from "./socket.ts";

export const RealtimeContext = createContext<Realtime | null>(null);

export function useRealtime(): Realtime {
  const realtime = useContext(RealtimeContext);
  if (!realtime) throw new Error("useRealtime needs a RealtimeContext above it");
  return realtime;
}

export function useConnection(): Connection {
  const realtime = useRealtime();
  return useSyncExternalStore(realtime.onConnection, () => realtime.connection);
}

/** The scope's state, subscribed while the component is there; null subscribes to nothing. */
export function useScope(scope: string | null): ScopeState {
  const realtime = useRealtime();
  const subscribe = useCallback(
    (listener: () => void) => (scope ? realtime.subscribe(scope, listener) : () => {}),
    [realtime, scope],
  );
  return useSyncExternalStore(subscribe, () => (scope ? realtime.stateOf(scope) : EMPTY_SCOPE));
}

export function useItems<T>(state: ScopeState, kind: string): T[] {
  return useMemo(() => itemsOf<T>(state, kind), [state, kind]);
}

export function usePassing(listener: (frame: Passing) => void) {
  const realtime = useRealtime();
  useEffect(() => {
    const leave = realtime.onPassing(listener);
    return () => {
      leave();
    };
  }, [realtime, listener]);
}
