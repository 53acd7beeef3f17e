import { ApiError, type SimulationResult, type WhatIf } from "@wasl/api";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../ground.ts";

export interface Run {
  /** 0 to 1 while it runs. */
  share: number | null;
  /** What was asked, with what came of it. */
  found: { asked: WhatIf; result: SimulationResult } | null;
  error: ApiError | null;
}

const NOTHING: Run = { share: null, found: null, error: null };

/** One simulation at a time; leaving the page or cancelling ends it at the server too. */
export function useSimulation() {
  const [run, setRun] = useState<Run>(NOTHING);
  const running = useRef<AbortController | null>(null);
  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setRun((was) => ({ ...was, share: null }));
  }, []);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(async (asked: WhatIf) => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    const mine = () => running.current === control;
    setRun((was) => ({ ...was, share: 0, error: null }));
    try {
      await api.simulate(
        asked,
        (line) => {
          if (!mine()) return;
          if ("done" in line) setRun((was) => ({ ...was, share: line.done }));
          if ("result" in line) {
            setRun({ share: null, found: { asked, result: line.result }, error: null });
          }
        },
        control.signal,
      );
    } catch (error) {
      if (!mine() || control.signal.aborted) return;
      const known = error instanceof ApiError ? error : new ApiError("network", 0, {}, true);
      setRun((was) => ({ ...was, share: null, error: known }));
    }
  }, []);

  /** Shows what was simulated before. */
  const show = useCallback(
    (asked: WhatIf, result: SimulationResult) => {
      cancel();
      setRun({ share: null, found: { asked, result }, error: null });
    },
    [cancel],
  );

  return { run, start, cancel, show };
}
