import { useRealtime } from "@wasl/realtime";
import { useCallback, useEffect, useRef } from "react";

const TYPING_EVERY_MS = 3_000;

/** Tells the others that we write: at most once in three seconds, and when we stop. */
export function useTypingSignal(conversation: string) {
  const realtime = useRealtime();
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useCallback(
    (on: boolean) => {
      clearTimeout(timer.current);
      const now = Date.now();
      if (!on) {
        if (last.current) realtime.typing(conversation, false);
        last.current = 0;
        return;
      }
      if (now - last.current > TYPING_EVERY_MS) {
        last.current = now;
        realtime.typing(conversation, true);
      }
      timer.current = setTimeout(() => {
        last.current = 0;
        realtime.typing(conversation, false);
      }, TYPING_EVERY_MS * 2);
    },
    [conversation, realtime],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  return tell;
}
